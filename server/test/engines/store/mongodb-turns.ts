import type { BeginTransaction } from '../../../src/adapters/store/mongodb/transactions.ts'

/**
 * What stands in for transactions where the server has none: batches of this process, of all stores that are given the same
 * one, run one after the other. What they write is there at once, one document after the other, and is not taken back.
 */
export function inTurns(): BeginTransaction {
  let last: Promise<void> = Promise.resolve()
  return async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const before = last
    last = promise
    await before
    return {
      session: undefined,
      commit: async () => undefined,
      [Symbol.asyncDispose]: async () => resolve(),
    }
  }
}
