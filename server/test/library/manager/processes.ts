import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openMemoryStore } from '../../../src/adapters/store/memory/memory-store.ts'
import type { FarCache } from '../../../src/library/engines/far-cache.ts'
import { RegistryManager } from '../../../src/library/registry-manager.ts'
import { unwrap } from '../../../src/library/result.ts'
import { StoreBackend } from '../../../src/library/store-backend.ts'
import type { Store } from '../../../src/ports/store/store.ts'
import { faultyStore } from '../../kit/faulty-store.ts'
import { SharedStore } from './shared-store.ts'

export interface Process extends AsyncDisposable {
  readonly registry: RegistryManager
  /** Reads of the store so far. */
  reads(): number
}

export interface Processes extends AsyncDisposable {
  readonly folder: string
  /** Another process over the same store. */
  start(cache?: FarCache): Promise<Process>
}

/** Registries over one store in memory, each as a process of its own. */
export async function openProcesses(): Promise<Processes> {
  const folder = await mkdtemp(join(tmpdir(), 'lading-far-cache-'))
  let shared: Promise<SharedStore> | undefined
  return {
    folder,
    start: async (cache) => {
      let reads = 0
      const fault = faultyStore()
      fault.before = (call) => {
        if (call !== 'commit' && call !== 'tail') reads += 1
      }
      const backend = new StoreBackend({
        jobs: false,
        store: async (schema): Promise<Store> => {
          shared ??= openMemoryStore(schema, { now: Date.now }).then((store) => new SharedStore(store))
          const own = (await shared).of()
          const { follow } = own
          return { ...fault.wrap(own), ...(follow && { follow }) }
        },
      })
      unwrap(await backend.connect())
      return {
        registry: new RegistryManager(backend, cache),
        reads: () => reads,
        [Symbol.asyncDispose]: async () => {
          unwrap(await backend.disconnect())
          await cache?.close()
        },
      }
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  }
}
