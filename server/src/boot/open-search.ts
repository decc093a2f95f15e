import type { Config } from '../config/config.ts'
import type { SearchEngine } from '../ports/search/search.ts'
import type { NamedEngine, SearchParts } from './compose/searching.ts'
import { storeEngine } from './open-store.ts'

export interface OpenedSearch extends SearchParts {
  close(): Promise<void>
}

/**
 * What artifacts are found with, by the configuration; undefined: nothing is. A server of its own that is not there does not
 * keep a registry from starting: the store's own engine answers meanwhile.
 */
export async function openSearch(config: Config): Promise<OpenedSearch | undefined> {
  const { engine, timeout, pause, interval } = config.search
  if (engine === 'none') return undefined
  const own = await ownEngine(config)
  const outside = engine === 'store' ? undefined : await outsideEngine(config, engine)
  return {
    main: outside ?? own,
    ...(outside !== undefined && { fallback: own }),
    ...{ timeout, pause, interval },
    close: async () => {
      await outside?.engine.close()
      await own.engine.close()
    },
  }
}

async function ownEngine(config: Config): Promise<NamedEngine> {
  const name = storeEngine(config)
  return { name, engine: await engineOfStore(name) }
}

async function engineOfStore(name: ReturnType<typeof storeEngine>): Promise<SearchEngine> {
  switch (name) {
    case 'sqlite':
    case 'postgresql':
    case 'mongodb': {
      const { openMemorySearch } = await import('../adapters/search/memory/open-memory-search.ts')
      return openMemorySearch()
    }
  }
}

async function outsideEngine({ search }: Config, name: 'opensearch' | 'elasticsearch'): Promise<NamedEngine> {
  throw new Error(`${name} is not there yet for ${search.url}`)
}
