import type { Blobs } from '../ports/blobs/blobs.ts'
import type { Store } from '../ports/store/store.ts'
import type { Schema } from '../ports/store/table.ts'
import type { BackendOptions } from './backend-options.ts'
import { EngineBackend } from './engine-backend.ts'
import { openBlobsInMemory } from './engines/memory.ts'
import { outcomeOf } from './outcome-of.ts'
import { functionIn, membersOf } from './read/given.ts'
import { blobsIn, storeIn } from './read/part-in.ts'

export interface StoreBackendOptions extends BackendOptions {
  /** Opens the store, brought to this schema. Called at each `connect`; `disconnect` closes what it answers. */
  readonly store: (schema: Schema) => Promise<Store>
  /** Opens the blobs, likewise. In memory where none are given, which fits a store in memory alone. */
  readonly blobs?: () => Promise<Blobs>
}

const ownOptions = ['store', 'blobs'] as const

/** Artifacts on any store: that of a third party, which its contract suite has proved. */
export class StoreBackend extends EngineBackend {
  constructor(options: StoreBackendOptions) {
    const own = outcomeOf(() => openersIn(options))
    super(
      async ({ schema }) => {
        const { openStore, openBlobs } = own()
        const store = storeIn(await openStore(schema), 'store')
        try {
          return { store, blobs: blobsIn(await (openBlobs ?? openBlobsInMemory)(), 'blobs') }
        } catch (error) {
          await store.close()
          throw error
        }
      },
      options,
      ownOptions,
    )
  }
}

function openersIn(given: unknown): {
  readonly openStore: StoreBackendOptions['store']
  readonly openBlobs: StoreBackendOptions['blobs']
} {
  const { store, blobs } = membersOf(given, { field: '', as: 'options', passed: 'any' }, ownOptions)
  return {
    openStore: functionIn(store, 'store'),
    openBlobs: blobs === undefined ? undefined : functionIn(blobs, 'blobs'),
  }
}
