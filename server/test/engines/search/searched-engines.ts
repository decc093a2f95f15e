import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openMemorySearch } from '../../../src/adapters/search/memory/open-memory-search.ts'
import { openMongodbSearch } from '../../../src/adapters/search/mongodb/open-mongodb-search.ts'
import { openOpenSearch } from '../../../src/adapters/search/opensearch/open-opensearch.ts'
import { openPostgresqlSearch } from '../../../src/adapters/search/postgresql/open-postgresql-search.ts'
import { openSqliteSearch } from '../../../src/adapters/search/sqlite/open-sqlite-search.ts'
import type { SearchEngine } from '../../../src/ports/search/search.ts'
import { mongodbStandInSkip, startMongodbStandIn } from '../../kit/servers/mongodb-stand-in.ts'
import { openSearchSkip, startOpenSearchServer } from '../../kit/servers/opensearch-server.ts'
import { postgresqlSkip, startPostgresqlServer } from '../../kit/servers/postgresql-server.ts'
import { startSessionProxy } from '../store/mongodb-sessions.ts'
import { freshIndex } from './elastic-harness.ts'

/** An engine as far as it runs here, for tests of a whole registry. */
export interface SearchedEngine {
  readonly name: string
  readonly skip: string | false
  /** Once for a test file. */
  start(): Promise<OpenIndexes>
}

export interface OpenIndexes extends AsyncDisposable {
  /** On an index that nobody has had before. */
  open(): Promise<SearchEngine>
}

/** A new engine is a line here. */
export const searchedEngines: readonly SearchedEngine[] = [
  {
    name: 'memory',
    skip: false,
    start: async () => ({
      open: async () => openMemorySearch(),
      [Symbol.asyncDispose]: async () => {},
    }),
  },
  { name: 'SQLite', skip: false, start: startSqlite },
  { name: 'PostgreSQL', skip: postgresqlSkip, start: startPostgresql },
  { name: 'MongoDB', skip: mongodbStandInSkip, start: startMongodb },
  { name: 'OpenSearch', skip: openSearchSkip, start: startOpenSearch },
]

async function startSqlite(): Promise<OpenIndexes> {
  const root = await mkdtemp(join(tmpdir(), 'lading-searched-'))
  let indexes = 0
  return {
    open: async () => openSqliteSearch({ folder: join(root, `${++indexes}`) }),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  }
}

async function startPostgresql(): Promise<OpenIndexes> {
  const server = await startPostgresqlServer()
  let indexes = 0
  return {
    open: async () => await openPostgresqlSearch({ url: server.url, schema: `searched_${++indexes}` }),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

/** On the stand-in, whose driver finds sessions through a proxy. */
async function startMongodb(): Promise<OpenIndexes> {
  const server = await startMongodbStandIn()
  const proxy = await startSessionProxy(server.port)
  return {
    open: async () => await openMongodbSearch({ url: proxy.url, database: `lading-${randomUUID()}` }),
    [Symbol.asyncDispose]: async () => {
      await proxy[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}

async function startOpenSearch(): Promise<OpenIndexes> {
  const server = await startOpenSearchServer()
  return {
    open: async () => await openOpenSearch({ node: server.url, index: freshIndex(), timeoutMs: 30_000 }),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}
