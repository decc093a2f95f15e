import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import type { Document } from '../relevance/corpus.ts'
import { lenientMiniSearch, miniSearch } from './minisearch.ts'
import { lenientOrama, orama } from './orama.ts'
import { plainTable } from './plain-fts5.ts'

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
  document('weiqi', 'another board game', 'games', ['game', 'board', 'stones']),
  document('board-drawer', 'draws circuit boards', 'electronics', ['program']),
]

for (const contender of [miniSearch, lenientMiniSearch, orama, lenientOrama]) {
  test(`${contender.name}: any word finds, filters hold, and the limit too`, async () => {
    await using filled = await contender.fill({ documents, missing: [] })
    const rank = async (text: string, filters = {}, limit = 10): Promise<readonly string[]> =>
      await filled.rank({ text, filters }, limit)
    assert.deepEqual([...(await rank('circuit chess'))].sort(), ['board-drawer', 'chess'])
    assert.deepEqual(await rank('board', { category: 'electronics' }), ['board-drawer'])
    assert.deepEqual(await rank('board', { category: 'games', topics: ['stones', 'game'] }), ['weiqi'])
    assert.equal((await rank('board', {}, 2)).length, 2)
    assert.deepEqual(await rank('nothing-like-it'), [])
  })
}

test('near spellings are found by those that look for them', async () => {
  for (const [contender, expected] of [
    [miniSearch, []],
    [lenientMiniSearch, ['board-drawer']],
    [orama, []],
    [lenientOrama, ['board-drawer']],
  ] as const) {
    await using filled = await contender.fill({ documents, missing: [] })
    assert.deepEqual(await filled.rank({ text: 'circoit' }, 10), expected, contender.name)
  }
})

test('plain FTS5: any word is enough, or all are wanted; operators are words', () => {
  using database = new DatabaseSync(':memory:')
  const any = plainTable(database)
  for (const one of documents) any.add(one)
  const all = plainTable(database, true)
  assert.deepEqual([...any.find('game circuit', 10)].sort(), ['board-drawer', 'chess', 'weiqi'])
  assert.deepEqual(all.find('game stones', 10), ['weiqi'])
  assert.deepEqual(all.find('game circuit', 10), [])
  assert.equal(any.find('game NOT "', 1).length, 1)
  assert.deepEqual(any.find('+', 10), [])
})
