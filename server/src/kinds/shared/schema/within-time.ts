import { type Context, createContext, Script } from 'node:vm'

/** Thrown where some work was stopped. */
export class TookTooLong extends Error {}

const run = new Script('work()')
const room: Context = createContext({})

/**
 * Work that nobody could stop otherwise: a pattern that looks back, or forms within forms. What it changes is left as it
 * is when its time is over, so it changes nothing that anybody else sees. `most`: in ms.
 * @throws TookTooLong, and what the work throws
 */
export function withinTime<T>(most: number, work: () => T): T {
  const done: T[] = []
  room['work'] = () => void done.push(work())
  try {
    run.runInContext(room, { timeout: most })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error
    throw new TookTooLong(`it takes more than ${most} ms to check`)
  } finally {
    room['work'] = undefined
  }
  return done[0] as T
}
