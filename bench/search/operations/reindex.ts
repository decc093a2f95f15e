import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import { openSqliteSearch } from '../../../server/src/adapters/search/sqlite/open-sqlite-search.ts'
import { openSqliteBulkLoad } from '../../../server/src/adapters/store/sqlite/bulk-load.ts'
import { openSqliteStore } from '../../../server/src/adapters/store/sqlite/sqlite-store.ts'
import { schema } from '../../../server/src/boot/schema.ts'
import { type ArtifactRow, artifacts } from '../../../server/src/core/artifacts/tables.ts'
import { repositories } from '../../../server/src/core/content/tables.ts'
import { buildIndex } from '../../../server/src/core/search/build-index.ts'
import { searchArtifacts } from '../../../server/src/core/search/search-artifacts.ts'
import { searchFields } from '../../../server/src/domain/search.ts'
import type { SearchDocument, SearchEngine } from '../../../server/src/ports/search/search.ts'
import { Timings } from '../../library/operations/timings.ts'
import { mixedRequests } from '../asking/mixed-requests.ts'
import { repositoryRow } from '../corpus/artifact-row.ts'
import { GrownCorpus } from '../corpus/grown-corpus.ts'
import { rowsById } from '../corpus/rows-by-id.ts'
import { documentOfRow } from '../document-of-row.ts'
import { coreOver, searchersOver } from '../open-engine.ts'
import { readCorpus } from '../relevance/read-corpus.ts'
import type { Measurement, Task } from '../task.ts'

/** As the registry adds them. */
const addedAtOnce = 50
/** In the index that answers meanwhile. */
const firstOnes = 2_000
/** Between two questions that are asked meanwhile, ms. */
const pauseMs = 50
/** Then the order begins anew. */
const askedOfTurn = 1_000

/** Into an empty folder, and durable at the end: so many documents a second. */
export async function measureReindex({
  what,
  folder,
  artifacts: count,
}: Extract<Task, { do: 'reindex' }>): Promise<Measurement> {
  const grown = new GrownCorpus((await readCorpus()).documents)
  const rows = Array.from({ length: count }, (_, at) => grown.rowAt(at))
  switch (what) {
    case 'bare FTS5': {
      const documents = rows.map((row) => documentOfRow(row))
      return rateOf(count, await timedAsync(async () => insertAll(join(folder, 'bare.db'), documents)))
    }
    case 'sqlite': {
      const documents = rows.map((row) => documentOfRow(row))
      return await besideQuestions(folder, rows, async (engine) => await addAll(engine, documents))
    }
    case 'sqlite, from the records': {
      await using store = await filledStore(join(folder, 'records'), rows)
      return await besideQuestions(folder, rows, async (engine) => {
        await buildIndex(store.core, engine, new AbortController().signal)
      })
    }
  }
}

/** The same words, with nothing around them. */
function insertAll(file: string, documents: readonly SearchDocument[]): void {
  using database = new DatabaseSync(file)
  database.exec(`CREATE VIRTUAL TABLE documents USING fts5 (${searchFields.join(', ')})`)
  const insert = database.prepare(
    `INSERT INTO documents (${searchFields.join(', ')}) VALUES (${searchFields.map(() => '?').join(', ')})`,
  )
  database.exec('BEGIN')
  for (const { words } of documents) insert.run(...searchFields.map((field) => words[field]))
  database.exec('COMMIT')
}

async function addAll(engine: SearchEngine, documents: readonly SearchDocument[]): Promise<void> {
  await using rebuilding = await engine.rebuild()
  for (let at = 0; at < documents.length; at += addedAtOnce)
    await rebuilding.add(documents.slice(at, at + addedAtOnce))
  await rebuilding.finish('again')
}

/** While an index of some is asked again and again. Rejects where one question is not answered. */
async function besideQuestions(
  folder: string,
  rows: readonly ArtifactRow[],
  work: (engine: SearchEngine) => Promise<void>,
): Promise<Measurement> {
  const engine = await openSqliteSearch({ folder: join(folder, 'index') })
  try {
    await addAll(
      engine,
      rows.slice(0, firstOnes).map((row) => documentOfRow(row)),
    )
    const asking = new AbortController()
    const answered = ask(engine, rows, asking.signal)
    const ms = await timedAsync(async () => await Promise.race([work(engine), answered]))
    asking.abort()
    const timings = await answered
    return { ...rateOf(rows.length, ms), meanwhile: timings.p95 }
  } finally {
    await engine.close()
  }
}

async function ask(
  engine: SearchEngine,
  rows: readonly ArtifactRow[],
  signal: AbortSignal,
): Promise<Timings> {
  const core = coreOver({ getMany: rowsById(rows) } as unknown as Parameters<typeof coreOver>[0])
  const searchers = searchersOver('sqlite', engine)
  const timings = new Timings()
  for (let turn = 0; ; turn++) {
    for (const { sight, request } of mixedRequests({ turn, most: askedOfTurn }, true)) {
      if (signal.aborted && timings.count > 0) return timings
      const begun = performance.now()
      await searchArtifacts(core, searchers, sight, request)
      timings.add(performance.now() - begun)
      await wait(pauseMs)
    }
  }
}

async function filledStore(
  folder: string,
  rows: readonly ArtifactRow[],
): Promise<{ readonly core: ReturnType<typeof coreOver> } & AsyncDisposable> {
  await (await openSqliteStore({ folder }, schema)).close()
  {
    await using load = await openSqliteBulkLoad({ folder }, schema)
    for (const row of rows) {
      load.insert(artifacts, row)
      load.insert(repositories, repositoryRow(row))
    }
    await load.finish()
  }
  const store = await openSqliteStore({ folder }, schema)
  return { core: coreOver(store), [Symbol.asyncDispose]: () => store.close() }
}

async function timedAsync(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  await work()
  return performance.now() - begun
}

const rateOf = (count: number, ms: number): { readonly rate: number } => ({ rate: (count * 1000) / ms })
