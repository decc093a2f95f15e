import { openMemorySearch } from '../../../src/adapters/search/memory/open-memory-search.ts'
import { Indexer } from '../../../src/core/search/indexer.ts'
import { searchArtifacts } from '../../../src/core/search/search-artifacts.ts'
import type { SearchRequest, SearchResult } from '../../../src/core/search/search-request.ts'
import { Searchers } from '../../../src/core/search/searchers.ts'
import { type Sight, wholeSight } from '../../../src/domain/search.ts'
import type { SearchEngine } from '../../../src/ports/search/search.ts'
import { type Authors, authors } from '../authoring/kit.ts'
import type { TestCoreOptions } from '../kit.ts'

export interface SearchWorld extends Authors {
  readonly engine: SearchEngine
  readonly indexer: Indexer
  readonly searchers: Searchers
  /** The index is as the store is. */
  indexed(): Promise<void>
  search(request: Partial<SearchRequest> | string, sight?: Sight): Promise<SearchResult>
  /** Titles of what is found, in their order. */
  names(request: Partial<SearchRequest> | string, sight?: Sight): Promise<readonly string[]>
  /** Artifacts that are published, by their titles, with a description. */
  publish(given: Readonly<Record<string, string>>): Promise<void>
}

/** A registry in memory whose artifacts are searched. */
export async function searchWorld(
  engine: SearchEngine = openMemorySearch(),
  options: TestCoreOptions = {},
): Promise<SearchWorld> {
  const world = await authors(options)
  const { core, clock, telemetry } = world.test
  const searchers = new Searchers({
    main: { name: 'memory', engine },
    clock,
    telemetry,
    timeout: 5_000,
    pause: 1_000,
    watch: {
      at: () => indexer.at,
      atNow: async () => await indexer.atNow(),
      settle: async () => await indexer.catchUp(new AbortController().signal),
    },
  })
  const ready = (isReady: boolean): void => searchers.setReady('memory', isReady)
  const indexer = new Indexer({ core, engine, name: 'memory', interval: 100, ready })
  const indexed = async (): Promise<void> => {
    while (await indexer.step(new AbortController().signal)) {}
  }
  const search: SearchWorld['search'] = async (request, sight = wholeSight) => {
    await indexed()
    const given = typeof request === 'string' ? { text: request } : request
    return await searchArtifacts(core, searchers, sight, { limit: 20, ...given })
  }
  return {
    ...world,
    engine,
    indexer,
    searchers,
    indexed,
    search,
    names: async (request, sight) => (await search(request, sight)).hits.map(({ artifact }) => artifact.name),
    publish: async (given) => {
      for (const [name, description] of Object.entries(given)) {
        // What can be no slug gets one that is made of it.
        const slug = /^[a-z-]+$/.test(name) ? name : undefined
        await world.create({ slug, metadata: { name, description }, source: '', published: true })
      }
    },
    [Symbol.asyncDispose]: async () => {
      await engine.close()
      await world[Symbol.asyncDispose]()
    },
  }
}
