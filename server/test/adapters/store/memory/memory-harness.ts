import { openMemoryStore } from '../../../../src/adapters/store/memory/memory-store.ts'
import type { StoreHarness } from '../../../../src/ports/store/suite/harness.ts'

export const memoryHarness: StoreHarness = {
  can: { durable: false, shared: false, snapshot: true },
  now: Date.now,
  async start(schema) {
    const store = await openMemoryStore(schema)
    return {
      store,
      reopen: async () => {
        throw new Error('memory does not outlive its store')
      },
      [Symbol.asyncDispose]: () => store.close(),
    }
  },
}
