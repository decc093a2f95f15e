import { SearchError } from '../../../ports/search/errors.ts'
import { quoted } from '../../shared/postgresql-quoted.ts'
import { stateSql } from './index-tables.ts'
import type { SearchWaits } from './search-options.ts'
import type { Ask, SearchPool } from './search-pool.ts'

/** `array_to_tsvector` of texts, `starts_with` and includes of materialised queries are there from then on. */
const oldestServer = 13

/**
 * Makes the schema where one is named that is not there, and the two tables that tell which generation is the index. Throws
 * SearchError `refused` where the server cannot be used so. Answers its version, such as 180004.
 */
export async function prepareDatabase(
  pool: SearchPool,
  schema: string | undefined,
  waits: SearchWaits,
): Promise<number> {
  const { version, isReady } = await pool.use(async (ask) => ({
    version: await checkedVersion(ask),
    isReady: await areThere(ask),
  }))
  if (isReady) return version
  await pool.change(waits.changeMs, async (ask) => {
    // Two that come at once would both make them, and one would fail.
    await ask(`SELECT pg_advisory_xact_lock(hashtextextended('lading_search', 0))`)
    if (schema !== undefined) await ask(`CREATE SCHEMA IF NOT EXISTS ${quoted(schema)}`)
    for (const sql of stateSql) await ask(sql)
  })
  return version
}

async function areThere(ask: Ask): Promise<boolean> {
  const [[all] = []] = await ask(
    `SELECT to_regclass('lading_search_state') IS NOT NULL AND to_regclass('lading_search_generations') IS NOT NULL`,
  )
  return all === 't'
}

async function checkedVersion(ask: Ask): Promise<number> {
  const [[number, version, encoding] = []] = await ask(
    `SELECT current_setting('server_version_num'), current_setting('server_version'), current_setting('server_encoding')`,
  )
  if (Number(number) < oldestServer * 10_000)
    throw new SearchError(
      'refused',
      `this is PostgreSQL ${version}, and search needs ${oldestServer} or newer: have the server upgraded`,
    )
  if (encoding !== 'UTF8')
    throw new SearchError(
      'refused',
      `the database keeps text as ${encoding}, which cannot hold all of it: make one with ENCODING 'UTF8' TEMPLATE template0`,
    )
  return Number(number)
}
