import { setTimeout as pause } from 'node:timers/promises'
import { MongoServerError } from 'mongodb'
import { retryPauses } from './options.ts'

/** A moment cannot be read while the server still takes in that a collection or an index was made. */
const snapshotUnavailable = 246

/** Asks again while that lasts, for `limitMs` at most. */
export async function onceSteady<T>(limitMs: number, read: () => Promise<T>): Promise<T> {
  const end = performance.now() + limitMs
  for (let wait = retryPauses.first; ; wait = Math.min(2 * wait, retryPauses.longest)) {
    try {
      return await read()
    } catch (error) {
      const passes = error instanceof MongoServerError && error.code === snapshotUnavailable
      if (!passes || performance.now() + wait > end) throw error
    }
    await pause(wait)
  }
}
