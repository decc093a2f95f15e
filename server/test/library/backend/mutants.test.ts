import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openMemoryBlobs } from '../../../src/adapters/blobs/memory/open-memory-blobs.ts'
import { openMemoryStore } from '../../../src/adapters/store/memory/memory-store.ts'
import { overriding } from '../../../src/domain/overriding.ts'
import { backendContract } from '../../../src/library/backend-suite.ts'
import type { Backend } from '../../../src/library/backend-types.ts'
import { StoreBackend } from '../../../src/library/store-backend.ts'
import type { Blobs } from '../../../src/ports/blobs/blobs.ts'
import type { Store } from '../../../src/ports/store/store.ts'
import { overStore } from '../../kit/over-store.ts'
import { backendHarness } from './harness.ts'
import { type BackendMutant, backendMutants } from './mutants.ts'

/** Memory that outlives its connections, so that every case can be run against it. */
function harnessOf(mutant: Partial<BackendMutant>): ReturnType<typeof backendHarness> {
  return backendHarness(
    true,
    async () => {
      let store: Store | undefined
      let blobs: Blobs | undefined
      return {
        make: (options): Backend => {
          const right = new StoreBackend({
            ...options,
            store: async (schema) => {
              store ??= await openMemoryStore(schema)
              return overStore(store, { close: async () => undefined })
            },
            blobs: async () => {
              blobs ??= openMemoryBlobs()
              return overriding(blobs, { close: async () => undefined })
            },
          })
          return mutant.backend?.(right) ?? right
        },
        remove: async () => undefined,
      }
    },
    mutant.store,
  )
}

test('what is right passes every case', async () => {
  for (const { name, run } of backendContract(harnessOf({}))) await assert.doesNotReject(run, name)
})

for (const mutant of backendMutants) {
  test(`${mutant.name} is found`, async () => {
    const found = backendContract(harnessOf(mutant)).find(({ name }) => name === mutant.caughtBy)
    assert.ok(found !== undefined, 'there is no such case')
    await assert.rejects(found.run)
  })
}
