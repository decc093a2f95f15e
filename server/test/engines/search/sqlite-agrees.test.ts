import { randomInt } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openSqliteSearch } from '../../../src/adapters/search/sqlite/open-sqlite-search.ts'
import type { SqliteSearchOptions } from '../../../src/adapters/search/sqlite/search-bounds.ts'
import { compareWithMemory } from '../../kit/search-comparison.ts'

const seed = Number(process.env['LADING_FUZZ_SEED'] ?? randomInt(2 ** 31))

async function compare(options: Omit<SqliteSearchOptions, 'folder'>, documents: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'lading-search-'))
  const engine = openSqliteSearch({ ...options, folder })
  try {
    await compareWithMemory(engine, seed, { documents, queries: 60, rounds: 3 })
  } finally {
    await engine.close()
    await rm(folder, { recursive: true })
  }
}

test(`whatever is written and asked, search in SQLite says the same as the one in memory, seed ${seed}`, async () => {
  await compare({}, 250)
})

test(`and where more match than are scored, and what is kept is forgotten, seed ${seed}`, async () => {
  await compare({ keptBytes: 2_000, fewRows: 5, gatheredBytes: 65_536 }, 3_000)
})
