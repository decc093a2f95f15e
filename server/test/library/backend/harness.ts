import { schema } from '../../../src/boot/schema.ts'
import type { BackendOptions } from '../../../src/library/backend-options.ts'
import type { BackendHarness } from '../../../src/library/backend-suite/harness.ts'
import { done } from '../../../src/library/backend-suite/harness.ts'
import type { Backend } from '../../../src/library/backend-types.ts'
import type { Position, Store } from '../../../src/ports/store/store.ts'

/** Backends on one set of data. */
export interface Place {
  make(options: BackendOptions): Backend
  remove(): Promise<void>
}

/** A harness whose backends do no background work, so that what is left behind can be counted. */
export function backendHarness(
  durable: boolean,
  open: () => Promise<Place>,
  wrap: (store: Store) => Store = (store) => store,
): BackendHarness {
  return {
    can: { durable },
    start: async (limits) => {
      const place = await open()
      let seen: Store | undefined
      const connected = async (): Promise<Backend> => {
        const backend = place.make({
          limits,
          jobs: false,
          report: () => undefined,
          wrap: {
            store: (store) => {
              seen = store
              return wrap(store)
            },
          },
        })
        done(await backend.connect())
        return backend
      }
      let backend = await connected()
      return {
        backend,
        reopen: async () => {
          done(await backend.disconnect())
          backend = await connected()
          return backend
        },
        kept: async () => (seen === undefined ? undefined : await rowCounts(seen)),
        [Symbol.asyncDispose]: async () => {
          done(await backend.disconnect())
          await place.remove()
        },
      }
    },
  }
}

/** How many rows each table has, and entries each log. */
export async function rowCounts(store: Store): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const table of schema.tables)
    counts[table.name] = await store.count(table, { index: 'key', upTo: 1_000_000 })
  for (const log of schema.logs) {
    let entries = 0
    let after: Position | undefined
    for (;;) {
      const page = await store.tail(log, after, 1_000)
      entries += page.entries.length
      after = page.entries.at(-1)?.at
      if (after === undefined) break
    }
    counts[log.name] = entries
  }
  return counts
}
