import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openMemorySearch } from '../../../src/adapters/search/memory/open-memory-search.ts'
import { writeSearchCursor } from '../../../src/core/search/search-cursor.ts'
import { overriding } from '../../../src/domain/overriding.ts'
import type { SearchEngine } from '../../../src/ports/search/search.ts'
import { searchWorld } from './kit.ts'

// An engine lets only so many questions wait, and all others who search have to share them.
test('a search of many unknown words asks the engine few questions at a time', async () => {
  const engine = openMemorySearch()
  let [open, most, asked] = [0, 0, 0]
  const watched: SearchEngine = overriding(engine, {
    query: async (query, signal) => {
      most = Math.max(most, ++open)
      asked++
      await new Promise((resolve) => setImmediate(resolve))
      open--
      return await engine.query(query, signal)
    },
  })
  await using world = await searchWorld(watched)
  await world.publish({ one: 'some pages' })
  const unknown = Array.from(
    { length: 31 },
    (_, at) => `unknown${'abcdefghijklmnopqrstuvwxyzabcde'[at]}${at}`,
  )
  const { hits, relaxed } = await world.search(`pagws ${unknown.join(' ')}`)
  assert.deepEqual([hits.map(({ artifact }) => artifact.name), relaxed], [['one'], 'any'])
  assert.ok(asked >= 32, `${asked}`)
  assert.ok(most <= 4, `${most} at a time`)
})

test('what was counted to relax a search is not counted again to rate it', async () => {
  const engine = openMemorySearch()
  let asked = 0
  const watched: SearchEngine = overriding(engine, {
    query: async (query, signal) => {
      asked++
      return await engine.query(query, signal)
    },
  })
  await using world = await searchWorld(watched)
  await world.publish({ one: 'some pages', two: 'other words', three: 'more texts' })
  for (const [text, most, wanted] of [
    // As it is; each word; any of them.
    ['pages words texts', 1 + 3 + 1, ['one', 'two', 'three']],
    ['pag* wor* tex*', 1 + 3 + 1, ['one', 'two', 'three']],
    // One more with what is near, and that one once more.
    ['pages words txets', 1 + 3 + 1 + 1 + 1, ['one', 'two', 'three']],
  ] as const) {
    asked = 0
    const { hits, relaxed } = await world.search(text)
    const names = hits.map(({ artifact }) => artifact.name)
    assert.deepEqual([names.sort(), relaxed, asked], [wanted.toSorted(), 'any', most], text)
  }
})

test('no cursor that somebody has made up tells whether others have words that are nearly so', async () => {
  await using world = await searchWorld()
  const request = { text: 'aging', limit: 20 }
  const after = writeSearchCursor(request, { relaxed: 'typos', offset: 0 })
  const everybody = [{ visibilities: ['public' as const] }]
  const before = await world.search({ ...request, after }, everybody)
  await world.create({ metadata: { name: 'Ago' }, source: 'ago agx', visibility: 'private', published: true })
  assert.deepEqual(await world.search({ ...request, after }, everybody), before)
  // It is another question for who has them.
  assert.equal((await world.search('agx', [{ owners: ['ada'] }])).total, 1)
})
