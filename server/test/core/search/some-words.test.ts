import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Rated } from '../../../src/core/search/rate.ts'
import { someWords } from '../../../src/core/search/some-words.ts'
import { searchBounds } from '../../../src/ports/search/search.ts'

function rated(having: Readonly<Record<string, number>>): Rated {
  const clauses = Object.keys(having).map((typed) => ({
    ...{ typed, edits: 0 as const, rarity: 1 },
    alternatives: [{ words: [typed], prefix: false, weight: 1 }],
  }))
  return { clauses, having: Object.values(having) }
}

const shown = (having: Readonly<Record<string, number>>, most: number): readonly (readonly string[])[] => {
  const { clauses, further, atLeast } = someWords(rated(having), most)
  assert.equal(atLeast, 1)
  return [clauses, further].map((part) => part.map(({ alternatives }) => alternatives[0]?.words[0] ?? ''))
}

test('the rarest words make hits, as many as are needed, and the others order them', () => {
  assert.deepEqual(shown({ file: 900, pack: 40, quill: 170 }, 200), [['pack', 'quill'], ['file']])
  assert.deepEqual(shown({ file: 900, pack: 40, quill: 170 }, 2_000), [['file', 'pack', 'quill'], []])
})

test('what nobody has makes no hits and orders none, unless nobody has any of it', () => {
  assert.deepEqual(shown({ unheard: 0, pack: 300, file: 900 }, 200), [['pack'], ['file']])
  assert.deepEqual(shown({ unheard: 0, unseen: 0 }, 200), [['unheard', 'unseen'], []])
})

test('of words that are too common to be counted it does not matter which one was typed first', () => {
  const many = searchBounds.havingCounted
  assert.deepEqual(shown({ file: many, library: many }, 200), [['library'], ['file']])
  assert.deepEqual(shown({ library: many, file: many }, 200), [['library'], ['file']])
})
