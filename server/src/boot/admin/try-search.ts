import type { Config } from '../../config/config.ts'
import { openOutside } from '../open-search.ts'

/** What keeps the outside engine of a configuration from being used; undefined: nothing, or there is none. */
export async function trySearch(config: Config, withinMs: number): Promise<string | undefined> {
  const { engine } = config.search
  if (engine === 'none' || engine === 'store') return undefined
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`no answer within ${withinMs} ms`)), withinMs)
  const opening = openOutside(config, engine)
  try {
    const asking = opening.then((opened) => opened.mark())
    asking.catch(() => undefined)
    await Promise.race([asking, late.promise])
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  } finally {
    clearTimeout(timer)
    opening.then((opened) => opened.close()).catch(() => undefined)
  }
}
