import { overriding } from '../../domain/overriding.ts'
import type { Mark, SearchEngine } from '../../ports/search/search.ts'

const separator = ' '

/**
 * The engine, whose index counts only where it has followed this log: positions in another one say nothing of this one, and
 * neither do its artifacts. An index that was another's is to be built.
 * @param log names it, without a blank
 */
export function withOwnMarks(engine: SearchEngine, log: () => Promise<string>): SearchEngine {
  let known: Promise<string> | undefined
  const prefix = async (): Promise<string> => {
    known ??= log().catch((error: unknown) => {
      known = undefined
      throw error
    })
    return `${await known}${separator}`
  }
  const own = async (mark: Mark): Promise<Mark> => `${await prefix()}${mark}`
  return overriding(engine, {
    mark: async () => {
      const [mark, start] = [await engine.mark(), await prefix()]
      return mark?.startsWith(start) ? mark.slice(start.length) : undefined
    },
    apply: async (changes, from, to) => await engine.apply(changes, await own(from), await own(to)),
    rebuild: async () => {
      const rebuilding = await engine.rebuild()
      return overriding(rebuilding, { finish: async (mark) => await rebuilding.finish(await own(mark)) })
    },
  })
}
