import { openOverlayStore } from '../../../../src/adapters/store/overlay/overlay-store.ts'
import type { StoreHarness } from '../../../../src/ports/store/suite/harness.ts'

/** A transaction that is never flushed, over an empty store. */
export function overlayHarness(base: StoreHarness): StoreHarness {
  return {
    can: { durable: false, shared: base.can.shared, snapshot: false },
    now: base.now,
    async start(schema) {
      const fixture = await base.start(schema)
      const store = openOverlayStore(fixture.store, schema, { now: base.now })
      return {
        store,
        reopen: async () => {
          throw new Error('a transaction does not outlive its store')
        },
        [Symbol.asyncDispose]: async () => {
          await store.close()
          await fixture[Symbol.asyncDispose]()
        },
      }
    },
  }
}
