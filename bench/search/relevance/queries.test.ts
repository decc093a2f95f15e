import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { passes } from './corpus.ts'
import { halfOf } from './halves.ts'
import { kinds, readJudgedZero, readQueries } from './queries.ts'
import { CorpusUnreadable, corpusNames, readCorpus } from './read-corpus.ts'

const queries = readQueries()
const ofKind = Object.groupBy(queries, ({ kind }) => kind)

test('there are enough queries of each kind, and each has an id and a text of its own', () => {
  const least = { name: 35, misspelling: 35, paraphrase: 65, facet: 30 }
  for (const kind of kinds) assert.ok((ofKind[kind]?.length ?? 0) >= least[kind], kind)
  assert.equal(Object.keys(ofKind).length, kinds.length)
  assert.equal(new Set(queries.map(({ id }) => id)).size, queries.length)
  const asked = queries.map(({ text, filters }) => JSON.stringify([text, filters]))
  assert.equal(new Set(asked).size, queries.length)
})

test('the halves are those that were drawn', () => {
  for (const kind of kinds) {
    const halves = (ofKind[kind] ?? []).map(({ half }) => half)
    assert.deepEqual(
      halves,
      halves.map((_, place) => halfOf(kind, place)),
    )
    const kept = halves.filter((half) => half === 'kept').length
    assert.ok(Math.abs(2 * kept - halves.length) <= 1, kind)
  }
})

test('only facets have filters, and all of them do', () => {
  for (const { id, kind, filters } of queries) {
    assert.equal(filters !== undefined, kind === 'facet', id)
    if (filters !== undefined) assert.ok(filters.category !== undefined || filters.topics?.length, id)
  }
})

test('grades are 1 to 3, of names of the corpus, and something of each query would serve', () => {
  const names = new Set(corpusNames())
  for (const { id, grades } of queries) {
    for (const [name, grade] of Object.entries(grades)) {
      assert.ok(names.has(name), `${id}: ${name} is not in the corpus`)
      assert.ok([1, 2, 3].includes(grade), `${id}: ${name}`)
    }
    assert.ok(Math.max(...Object.values(grades)) >= 2, `${id}: nothing would serve`)
    assert.ok(Object.keys(grades).length <= 50, `${id}: recall among fifty could not be 1`)
  }
})

test('what was judged to be of no use is of the corpus, and is not graded', () => {
  const names = new Set(corpusNames())
  const zero = readJudgedZero()
  assert.deepEqual(
    [...zero.keys()],
    queries.map(({ id }) => id),
  )
  for (const { id, grades } of queries) {
    for (const name of zero.get(id) ?? []) {
      assert.ok(names.has(name), `${id}: ${name} is not in the corpus`)
      assert.ok(!Object.hasOwn(grades, name), `${id}: ${name} is graded`)
    }
  }
})

const corpus = await readCorpus().catch((error: unknown) => {
  if (error instanceof CorpusUnreadable) return error
  throw error
})
const unreadable = corpus instanceof CorpusUnreadable ? corpus.message : false
describe('with the texts', { skip: process.env['LADING_REQUIRE_ALL'] === '1' ? false : unreadable }, () => {
  test('what is graded passes the filters of its query', () => {
    if (corpus instanceof CorpusUnreadable) throw corpus
    const documents = new Map(corpus.documents.map((document) => [document.name, document]))
    for (const { id, filters = {}, grades } of queries) {
      for (const name of Object.keys(grades)) {
        const document = documents.get(name)
        assert.ok(document === undefined || passes(document, filters), `${id}: ${name}`)
      }
    }
  })
})
