import { overriding } from '../../domain/overriding.ts'
import type { Blobs } from '../../ports/blobs/blobs.ts'
import type { SearchEngine } from '../../ports/search/search.ts'
import type { OpenedEngines } from './opened-engines.ts'
import type { Tools } from './tools.ts'

/** Engines that keep everything in this process, for as long as they are open. */
export async function openMemoryEngines({ schema, clock }: Tools): Promise<OpenedEngines> {
  const { openMemoryStore } = await import('../../adapters/store/memory/memory-store.ts')
  const store = await openMemoryStore(schema, { now: () => clock.now() })
  return { store, blobs: await openBlobsInMemory() }
}

/** Each of them is another place, wherever the store is: so they name none. */
export async function openBlobsInMemory(): Promise<Blobs> {
  const { openMemoryBlobs } = await import('../../adapters/blobs/memory/open-memory-blobs.ts')
  return overriding(openMemoryBlobs(), { claimFor: undefined })
}

export async function openMemorySearch(): Promise<SearchEngine> {
  const { openMemorySearch } = await import('../../adapters/search/memory/open-memory-search.ts')
  return openMemorySearch()
}
