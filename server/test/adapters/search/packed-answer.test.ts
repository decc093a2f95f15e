import assert from 'node:assert/strict'
import { test } from 'node:test'
import { packAnswer, unpackAnswer } from '../../../src/adapters/search/sqlite/packed-answer.ts'
import { SearchError } from '../../../src/ports/search/errors.ts'
import type { EngineAnswer } from '../../../src/ports/search/search.ts'

const nothing = { name: '', title: '', description: '', topics: '', source: '' }
const answer: EngineAnswer = {
  hits: [
    { id: 'a', isNamed: true, value: 2, words: { ...nothing, name: 'left right', source: 'x' } },
    { id: 'b', isNamed: false, value: 1, words: nothing },
    { id: 'c', isNamed: false, value: -1 },
  ],
  total: 7,
  facets: { kind: [{ label: 'skill', count: 7 }] },
  documents: 9,
}

test('an answer comes out as it was packed, with words and without', () => {
  assert.deepEqual(unpackAnswer(packAnswer(answer)), answer)
  const named = { ...answer, hits: [{ id: 'a', isNamed: false, value: 'name' }] }
  assert.deepEqual(unpackAnswer(packAnswer(named)), named)
})

test('words with the end of a line in them are damage, however many', () => {
  for (const ends of [1, 5]) {
    const words = { ...nothing, title: `one${'\n'.repeat(ends)}` }
    const packed = packAnswer({ ...answer, hits: [{ id: 'a', isNamed: false, value: 1, words }] })
    assert.throws(
      () => unpackAnswer(packed),
      (error) => error instanceof SearchError && error.kind === 'foreign',
    )
  }
})
