import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config/config.ts'
import type { SearchEngine } from '../ports/search/search.ts'
import type { NamedEngine, SearchParts } from './compose/searching.ts'
import { loadEngine } from './load-engine.ts'
import { mongodbOptions, postgresqlOptions, storeEngine } from './open-store.ts'

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
  const outside = engine === 'store' ? undefined : { name: engine, engine: await openOutside(config, engine) }
  const own = await openOwn(config)
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

async function openOwn(config: Config): Promise<NamedEngine> {
  const name = storeEngine(config)
  switch (name) {
    case 'postgresql': {
      const { openPostgresqlSearch } = await loadEngine(
        () => import('../adapters/search/postgresql/open-postgresql-search.ts'),
      )
      const { url, schema, ssl } = postgresqlOptions(config)
      const engine = await openPostgresqlSearch({
        ...(url !== undefined && { url }),
        ...(schema !== undefined && { schema }),
        ...(ssl !== undefined && { ssl }),
      })
      return { name, engine }
    }
    case 'sqlite': {
      const { openSqliteSearch } = await import('../adapters/search/sqlite/open-sqlite-search.ts')
      const { readers } = config.search
      return { name, engine: openSqliteSearch({ folder: join(config.data, 'search'), readers }) }
    }
    case 'mongodb': {
      const { openMongodbSearch } = await loadEngine(
        () => import('../adapters/search/mongodb/open-mongodb-search.ts'),
      )
      const { url, ca } = mongodbOptions(config)
      return { name, engine: await openMongodbSearch({ url, ...(ca !== undefined && { ca }) }) }
    }
  }
}

export async function openOutside(
  { search }: Config,
  name: 'opensearch' | 'elasticsearch',
): Promise<SearchEngine> {
  const { url = '', index, username, password, apiKey, ca } = search
  const options = {
    node: url,
    index,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(apiKey !== undefined && { apiKey }),
    ...(ca !== undefined && { ca: readFileSync(ca, 'utf8') }),
  }
  if (name === 'opensearch') {
    const { openOpenSearch } = await loadEngine(
      () => import('../adapters/search/opensearch/open-opensearch.ts'),
    )
    return await openOpenSearch(options)
  }
  const { openElasticsearch } = await loadEngine(
    () => import('../adapters/search/elasticsearch/open-elasticsearch.ts'),
  )
  return await openElasticsearch(options)
}
