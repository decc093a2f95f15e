import { systemClock } from '../../server/src/adapters/clock/system/system-clock.ts'
import { cryptoRandom } from '../../server/src/adapters/random/crypto/crypto-random.ts'
import { openMemorySearch } from '../../server/src/adapters/search/memory/open-memory-search.ts'
import { openOpenSearch } from '../../server/src/adapters/search/opensearch/open-opensearch.ts'
import { openPostgresqlSearch } from '../../server/src/adapters/search/postgresql/open-postgresql-search.ts'
import { openSqliteSearch } from '../../server/src/adapters/search/sqlite/open-sqlite-search.ts'
import { openPostgresqlStore } from '../../server/src/adapters/store/postgresql/postgresql-store.ts'
import { openSqliteStore } from '../../server/src/adapters/store/sqlite/sqlite-store.ts'
import { MemoryTelemetry } from '../../server/src/adapters/telemetry/memory/memory-telemetry.ts'
import { schema } from '../../server/src/boot/schema.ts'
import type { Core } from '../../server/src/core/ledger/core.ts'
import { buildIndex } from '../../server/src/core/search/build-index.ts'
import { Searchers } from '../../server/src/core/search/searchers.ts'
import { kindsByName } from '../../server/src/kinds/kinds.ts'
import type { SearchEngine } from '../../server/src/ports/search/search.ts'
import type { Store } from '../../server/src/ports/store/store.ts'
import type { EngineAt } from './task.ts'

/** What use cases of searching work with. */
export interface Searched extends AsyncDisposable {
  readonly core: Core
  readonly searchers: Searchers
  readonly engine: SearchEngine
}

/** Long enough that what is slow is measured, and not refused. */
const timeoutMs = 60_000

/** An engine of the registry on its records. One in memory is built, which takes its time. */
export async function openSearched(at: EngineAt): Promise<Searched> {
  await using stack = new AsyncDisposableStack()
  const store = stack.adopt(await openRecords(at), (opened) => opened.close())
  const engine = stack.adopt(await openEngine(at), (opened) => opened.close())
  const core = coreOver(store)
  if (at.engine === 'memory') await buildIndex(core, engine, new AbortController().signal)
  const searchers = searchersOver(at.engine, engine)
  const all = stack.move()
  return { core, searchers, engine, [Symbol.asyncDispose]: () => all.disposeAsync() }
}

export function searchersOver(name: string, engine: SearchEngine): Searchers {
  const telemetry = new MemoryTelemetry()
  return new Searchers({
    main: { name, engine },
    clock: systemClock,
    telemetry,
    timeout: timeoutMs,
    pause: 1_000,
  })
}

/** As much of it as searching takes: of what is found here, nothing has a source. */
export function coreOver(store: Pick<Store, 'getMany'>): Core {
  return { store, clock: systemClock, random: cryptoRandom, kinds: kindsByName() } as unknown as Core
}

async function openRecords({ records }: EngineAt): Promise<Store> {
  if ('folder' in records) return await openSqliteStore(records, schema)
  return await openPostgresqlStore(records, schema)
}

async function openEngine({ engine, index }: EngineAt): Promise<SearchEngine> {
  switch (engine) {
    case 'memory':
      return openMemorySearch()
    case 'sqlite':
      return await openSqliteSearch({ folder: index })
    case 'postgresql':
      return await openPostgresqlSearch({ url: index })
    case 'opensearch':
      return await openOpenSearch({ node: index, timeoutMs })
  }
}
