import { describe, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import type { StoreHarness } from '../../../../src/ports/store/suite/harness.ts'
import { storeContract } from '../../../../src/ports/store/suite.ts'
import { overStore } from '../../../kit/over-store.ts'
import { memoryHarness } from '../memory/memory-harness.ts'
import { sqliteHarness } from '../sqlite/sqlite-harness.ts'
import { overlayHarness } from './overlay-harness.ts'

/**
 * SQLite reads by key without a turn of the event loop, and its pages need one. A transaction's commits read by key alone:
 * a case that commits until it has read a page would never come to that page.
 */
const takingTurns: StoreHarness = {
  ...sqliteHarness,
  start: async (schema) => {
    const fixture = await sqliteHarness.start(schema)
    const { store } = fixture
    return {
      store: overStore(store, { getMany: async (...asked) => setImmediate(await store.getMany(...asked)) }),
      reopen: fixture.reopen,
      [Symbol.asyncDispose]: () => fixture[Symbol.asyncDispose](),
    }
  },
}

for (const [engine, base] of Object.entries({ memory: memoryHarness, SQLite: takingTurns })) {
  describe(`a transaction over ${engine}`, () => {
    for (const { name, run } of storeContract(overlayHarness(base))) test(name, run)
  })
}
