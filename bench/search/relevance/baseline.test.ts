import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fts5 } from './baseline.ts'
import type { Document } from './corpus.ts'

const document = (name: string, description: string, category: string, topics: string[]): Document => ({
  name,
  description,
  topics,
  category,
  homepage: '',
  author: '',
})

const documents = [
  document('chess', 'plays a board game', 'games', ['game', 'board']),
  document('go', 'another board game', 'games', ['game', 'board', 'go']),
  document('board-drawer', 'draws circuit boards', 'electronics', ['program']),
]

test('any word finds, filters hold, and the limit too', async () => {
  await using filled = await fts5.fill({ documents, missing: [] })
  const rank = async (text: string, filters = {}, limit = 10): Promise<readonly string[]> =>
    await filled.rank({ text, filters }, limit)
  assert.deepEqual([...(await rank('circuit chess'))].sort(), ['board-drawer', 'chess'])
  assert.deepEqual(await rank('board', { category: 'electronics' }), ['board-drawer'])
  assert.deepEqual(await rank('board', { category: 'games', topics: ['go'] }), ['go'])
  assert.equal((await rank('board', {}, 2)).length, 2)
})

test('what FTS5 takes for an operator is a word, and a query without words has no answer', async () => {
  await using filled = await fts5.fill({ documents, missing: [] })
  assert.deepEqual(await filled.rank({ text: 'NOT "chess" AND (' }, 10), ['chess'])
  assert.deepEqual(await filled.rank({ text: '+*"' }, 10), [])
})
