import { join } from 'node:path'
import { openMemorySearch } from '../../../server/src/adapters/search/memory/open-memory-search.ts'
import { openOpenSearch } from '../../../server/src/adapters/search/opensearch/open-opensearch.ts'
import { openPostgresqlSearch } from '../../../server/src/adapters/search/postgresql/open-postgresql-search.ts'
import { openSqliteSearch } from '../../../server/src/adapters/search/sqlite/open-sqlite-search.ts'
import { lenientMiniSearch, miniSearch } from '../peers/minisearch.ts'
import { lenientOrama, orama } from '../peers/orama.ts'
import type { Contender } from './ranker.ts'
import { registryContender } from './registry-contender.ts'

/** Where the engines of the registry may keep an index; those without a place take no part. */
export interface EnginePlaces {
  /** An empty folder. */
  readonly sqlite?: string
  /** Addresses of servers. */
  readonly postgresql?: string
  readonly opensearch?: string
}

/** So long an answer may take of a server that shares the machine with others. */
const timeoutMs = 20_000

/** The registry's search on each of its engines that has a place, memory first. */
export function registryContenders({
  sqlite,
  postgresql,
  opensearch,
}: EnginePlaces): readonly [Contender, ...Contender[]] {
  return [
    registryContender('memory', async () => openMemorySearch()),
    ...(sqlite === undefined
      ? []
      : [
          registryContender(
            'SQLite',
            async () => await openSqliteSearch({ folder: join(sqlite, 'relevance') }),
          ),
        ]),
    ...(postgresql === undefined
      ? []
      : [
          registryContender(
            'PostgreSQL',
            async () => await openPostgresqlSearch({ url: postgresql, schema: 'relevance' }),
          ),
        ]),
    ...(opensearch === undefined
      ? []
      : [
          registryContender(
            'OpenSearch',
            async () => await openOpenSearch({ node: opensearch, index: 'relevance', timeoutMs }),
          ),
        ]),
  ]
}

export const peers: readonly Contender[] = [miniSearch, lenientMiniSearch, orama, lenientOrama]
