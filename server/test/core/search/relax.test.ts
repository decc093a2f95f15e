import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openMemorySearch } from '../../../src/adapters/search/memory/open-memory-search.ts'
import { writeSearchCursor } from '../../../src/core/search/search-cursor.ts'
import { overriding } from '../../../src/domain/overriding.ts'
import {
  type EngineQuery,
  type HavingQuery,
  type SearchEngine,
  searchBounds,
} from '../../../src/ports/search/search.ts'
import { searchWorld } from './kit.ts'

/** Notes what an engine is asked. */
function noted(engine: SearchEngine): { readonly watched: SearchEngine; readonly asked: Asked } {
  const asked: Asked = { queries: 0, counted: 0, open: 0, most: 0 }
  const during = async <T>(work: () => Promise<T>): Promise<T> => {
    asked.most = Math.max(asked.most, ++asked.open)
    await new Promise((resolve) => setImmediate(resolve))
    try {
      return await work()
    } finally {
      asked.open--
    }
  }
  const watched = overriding(engine, {
    query: (query: EngineQuery, signal: AbortSignal) => {
      asked.queries++
      return during(() => engine.query(query, signal))
    },
    having: (query: HavingQuery, signal: AbortSignal) => {
      asked.counted += query.clauses.length
      return during(() => engine.having(query, signal))
    },
  })
  return { watched, asked }
}

interface Asked {
  queries: number
  /** Clauses of which it was asked how many have them. */
  counted: number
  open: number
  /** Questions at a time. */
  most: number
}

// An engine lets only so many questions wait, and all others who search have to share them.
test('a search of many unknown words asks the engine one question at a time', async () => {
  const { watched, asked } = noted(openMemorySearch())
  await using world = await searchWorld(watched)
  await world.publish({ one: 'some pages' })
  const unknown = Array.from(
    { length: 31 },
    (_, at) => `unknown${'abcdefghijklmnopqrstuvwxyzabcde'[at]}${at}`,
  )
  const { hits, relaxed } = await world.search(`pagws ${unknown.join(' ')}`)
  assert.deepEqual([hits.map(({ artifact }) => artifact.name), relaxed], [['one'], 'any'])
  assert.ok(asked.counted >= 32, `${asked.counted}`)
  assert.deepEqual([asked.most, asked.open], [1, 0])
})

test('what was counted to relax a search is not counted again to rate it', async () => {
  const { watched, asked } = noted(openMemorySearch())
  await using world = await searchWorld(watched)
  await world.publish({ one: 'some pages', two: 'other words', three: 'more texts' })
  for (const [text, queries, counted] of [
    // As it is, and any of them; each word.
    ['pages words texts', 2, 3],
    ['pag* wor* tex*', 2, 3],
    // Once more with what is near, and that one word once more.
    ['pages words txets', 3, 4],
  ] as const) {
    Object.assign(asked, { queries: 0, counted: 0 })
    const { hits, relaxed } = await world.search(text)
    const names = hits.map(({ artifact }) => artifact.name).sort()
    assert.deepEqual([names, relaxed], [['one', 'three', 'two'], 'any'], text)
    assert.deepEqual([asked.queries, asked.counted], [queries, counted], text)
  }
})

test('artifacts are found by the rarest of the words where not all are found, and by more where these are few', async () => {
  const { watched, asked } = noted(openMemorySearch())
  await using world = await searchWorld(watched)
  const { scored } = searchBounds
  const having = (words: string, many: number): Record<string, string> =>
    Object.fromEntries(Array.from({ length: many }, (_, at) => [`${words.split(' ').join('')}${at}`, words]))
  await world.publish({
    ...having('rare', scored),
    ...having('plain common', 3),
    ...having('common', 2 * scored),
    ...having('rare common', 2),
  })
  const all = await world.search('rare common unheard')
  assert.equal(all.relaxed, 'any')
  // Those that have the common word alone are no hits, and it puts those first that have it beside the rare one.
  assert.equal(all.total, scored + 2)
  assert.deepEqual(
    all.hits
      .slice(0, 2)
      .map(({ artifact }) => artifact.name)
      .sort(),
    ['rarecommon0', 'rarecommon1'],
  )
  Object.assign(asked, { queries: 0 })
  const few = await world.search({ text: 'rare common unheard', limit: 20, facets: { topic: ['none'] } })
  assert.deepEqual([few.total, few.relaxed], [0, 'none'])
  // As it is, with near spellings, by the rarest of the words, by all of them.
  assert.equal(asked.queries, 4)
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
