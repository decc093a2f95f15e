import assert from 'node:assert/strict'
import { test } from 'node:test'
import { documentOfRow } from '../document-of-row.ts'
import type { Document } from '../relevance/corpus.ts'
import { GrownCorpus } from './grown-corpus.ts'

/** Words of which the n-th occurs in every n-th description: as Zipf says. */
const vocabulary = Array.from({ length: 400 }, (_, at) =>
  Array.from({ length: 7 }, (_, place) =>
    String.fromCharCode(97 + ((at * 7 + place * place * 11 + ((at * at) >> place)) % 26)),
  ).join(''),
)
const documents: readonly Document[] = Array.from({ length: 500 }, (_, at) => ({
  name: `package-${at}`,
  description: vocabulary.filter((_, rank) => at % (rank + 1) === 0).join(' '),
  topics: [`topic-${at % 7}`],
  category: `section-${at % 5}`,
  homepage: '',
  author: '',
}))
const grown = new GrownCorpus(documents)
const count = 10_000
const rows = Array.from({ length: count }, (_, at) => grown.rowAt(at))

test('the packages come first as they are, and every artifact has a name and an id of its own', () => {
  assert.deepEqual(
    documents.map((_, at) => grown.documentAt(at)),
    documents,
  )
  assert.equal(new Set(rows.map(({ slug }) => slug)).size, count)
  assert.equal(new Set(rows.map(({ id }) => id)).size, count)
})

test('of the same packages it is the same, and peers are given the same texts', () => {
  const again = new GrownCorpus(documents)
  for (const at of [0, 499, 500, 7_777]) {
    assert.deepEqual(again.rowAt(at), rows[at])
    const { name, description } = again.documentAt(at)
    assert.deepEqual([name, description], [rows[at]?.slug, rows[at]?.description])
  }
})

test('common words stay common and rare ones rare', () => {
  const having = new Map<string, number>()
  for (const row of rows) {
    for (const word of new Set(documentOfRow(row).words.description.split(' ')))
      having.set(word, (having.get(word) ?? 0) + 1)
  }
  const ranked = [...having.values()].sort((one, other) => other - one)
  const [first = 0, tenth = 0, hundredth = 0] = [ranked[0], ranked[9], ranked[99]]
  // A slope of -1 has 10 and 100 here.
  assert.ok(first / tenth > 2 && first / tenth < 20, `${first} / ${tenth}`)
  assert.ok(first / hundredth > 10 && first / hundredth < 300, `${first} / ${hundredth}`)
  assert.ok(having.size > 2 * vocabulary.length, 'new words come with new artifacts')
})

test('nothing grows from nothing', () => {
  assert.throws(() => new GrownCorpus([]), RangeError)
})
