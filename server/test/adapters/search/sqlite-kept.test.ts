import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { ClauseMatcher } from '../../../src/adapters/search/sqlite/clause-matcher.ts'
import { LoadedIndex } from '../../../src/adapters/search/sqlite/loaded-index.ts'
import { openSqliteSearch } from '../../../src/adapters/search/sqlite/open-sqlite-search.ts'
import { WordCounts } from '../../../src/adapters/search/sqlite/word-counts.ts'
import { WordRows } from '../../../src/adapters/search/sqlite/word-rows.ts'
import type { Clause } from '../../../src/ports/search/search.ts'
import { build, documentOf, word } from '../../../src/ports/search/suite/harness.ts'

const documents = 200

/** `often` in all of them, `half` in every second, `seldom` in one. */
async function builtIndex(folder: string): Promise<LoadedIndex> {
  const engine = openSqliteSearch({ folder })
  const named = (at: number): string =>
    `often ${at % 2 === 0 ? 'half ' : ''}${at === 7 ? 'seldom' : `n${at}`}`
  await build(
    engine,
    Array.from({ length: documents }, (_, at) =>
      documentOf(`d${String(at).padStart(3, '0')}`, { words: { description: named(at) } }),
    ),
  )
  await engine.close()
  const [file = ''] = (await readdir(folder)).filter((name) => /^index-.*\.db$/.test(name))
  const index = new LoadedIndex(join(folder, file), { cacheKib: 1024 })
  await index.load(() => false)
  return index
}

test('words that many documents have are read once, by themselves, beside whatever they are asked for', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'lading-search-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const index = await builtIndex(folder)
  t.after(() => index.db.close())
  const words = new WordRows(index, { keptBytes: 1_000_000, fewRows: 50 })
  const matcher = new ClauseMatcher(words, new WordCounts(index.db), index.columns)
  assert.deepEqual(
    [...new Set(matcher.commonest().map(({ alternatives }) => alternatives[0]?.words[0]))].slice(0, 2),
    ['often', 'half'],
  )
  const isKnown = (): readonly boolean[] => ['"often"', '"half"', '"seldom"'].map((one) => words.knows(one))
  assert.deepEqual(isKnown(), [false, false, false])
  index.atOneState(() => {
    for (const clause of matcher.commonest()) matcher.rowsOf(clause)
  })
  assert.deepEqual(isKnown(), [true, true, false])

  const either = (...texts: readonly string[]): Clause => ({
    alternatives: texts.flatMap((text) => word(text).alternatives),
  })
  const matches = (...clauses: readonly Clause[]): number =>
    index.atOneState(
      () => matcher.match({ ...everything, clauses, atLeast: clauses.length }, () => {}).rows.size,
    )
  assert.equal(matches(either('half', 'seldom')), documents / 2 + 1)
  assert.equal(matches(either('often', 'nothing'), either('seldom', 'nothing')), 1)
  assert.equal(matches(either('half'), either('seldom')), 0)
  assert.equal(matches(either('nothing')), 0)
})

const everything = {
  without: [],
  filter: { facets: [], ranges: [] },
  sight: [{}],
  names: [],
  sort: 'relevance',
  back: false,
  limit: 10,
  facets: [],
} as const
