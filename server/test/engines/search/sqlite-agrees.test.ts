import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openMemorySearch } from '../../../src/adapters/search/memory/open-memory-search.ts'
import { openSqliteSearch } from '../../../src/adapters/search/sqlite/open-sqlite-search.ts'
import type { EngineQuery, SearchEngine } from '../../../src/ports/search/search.ts'
import { build } from '../../../src/ports/search/suite/harness.ts'
import {
  Dice,
  randomBeginning,
  randomChanges,
  randomDocument,
  randomQuery,
  randomSight,
  randomWord,
} from './random-documents.ts'

/** More than one chunk of postings, so that what goes over their bounds is seen. */
const documents = 5_000
const rounds = Number(process.env['LADING_FUZZ_ROUNDS'] ?? 12)
const questions = 40
const patient = (): AbortSignal => AbortSignal.timeout(60_000)

async function bothAnswer(memory: SearchEngine, sqlite: SearchEngine, query: EngineQuery): Promise<void> {
  const expected = await memory.query(query, patient())
  const { hits, total, facets, documents: all } = await sqlite.query(query, patient())
  const told = JSON.stringify(query)
  assert.equal(total, expected.total, told)
  assert.equal(all, expected.documents, told)
  assert.deepEqual(facets, expected.facets, told)
  assert.equal(hits.length, expected.hits.length, told)
  if (query.sort !== 'relevance') {
    assert.deepEqual(hits, expected.hits, told)
    const middle = hits[hits.length >> 1]
    if (query.after !== undefined || middle === undefined) return
    await bothAnswer(memory, sqlite, { ...query, after: { value: middle.value, id: middle.id } })
    return
  }
  const namedOf = (all: typeof hits): readonly string[] =>
    all.filter(({ isNamed }) => isNamed).map(({ id }) => id)
  if (expected.total <= query.limit) {
    const ids = (all: typeof hits): readonly string[] => all.map(({ id }) => id).sort()
    assert.deepEqual(ids(hits), ids(expected.hits), told)
    assert.deepEqual(namedOf(hits).toSorted(), namedOf(expected.hits).toSorted(), told)
    const wordsOf = new Map(expected.hits.map(({ id, words }) => [id, words]))
    for (const { id, words } of hits) {
      const theirs = wordsOf.get(id)
      if (words !== undefined && theirs !== undefined) assert.deepEqual(words, theirs)
    }
  } else assert.equal(namedOf(hits).length, namedOf(expected.hits).length, told)
  assert.ok(hits.every(({ isNamed }, at) => !isNamed || at === 0 || hits[at - 1]?.isNamed === true))
}

test('whatever is written and asked, the index in SQLite answers as the one in memory does', async () => {
  const seed = Number(process.env['LADING_FUZZ_SEED'] ?? 7)
  const dice = new Dice(seed)
  const folder = await mkdtemp(join(tmpdir(), 'lading-search-'))
  const memory = openMemorySearch()
  const sqlite = await openSqliteSearch({ folder, countedWords: 20 })
  try {
    const built = Array.from({ length: documents }, (_, at) => randomDocument(dice, `d${at}`, dice.below(5)))
    for (const engine of [memory, sqlite]) await build(engine, built, '0')
    for (let round = 0; round < rounds; round++) {
      for (let question = 0; question < questions; question++)
        await bothAnswer(memory, sqlite, randomQuery(dice))
      for (let question = 0; question < questions; question++) {
        const asked = {
          text: randomBeginning(dice),
          sight: randomSight(dice),
          limit: dice.of([0, 1, 10, 3_000]),
        }
        const expected = await memory.complete(asked, patient())
        assert.deepEqual(await sqlite.complete(asked, patient()), expected, JSON.stringify(asked))
      }
      const words = Array.from({ length: 30 }, () => ({
        word: randomWord(dice),
        edits: dice.of([1, 2] as const),
      }))
      assert.deepEqual(await sqlite.similar(words, patient()), await memory.similar(words, patient()))
      const after = dice.of([undefined, 'd2', 'd499', 'x'])
      assert.deepEqual(await sqlite.list(after, 300), await memory.list(after, 300))
      const changes = randomChanges(dice, documents + 4_000, round % 4 === 3 ? 500 : 60)
      for (const engine of [memory, sqlite])
        assert.equal(await engine.apply(changes, String(round), String(round + 1)), 'applied')
    }
  } finally {
    await Promise.all([memory.close(), sqlite.close()])
    await rm(folder, { recursive: true })
  }
})
