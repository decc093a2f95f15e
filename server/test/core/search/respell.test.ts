import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openMemorySearch } from '../../../src/adapters/search/memory/open-memory-search.ts'
import { respell } from '../../../src/core/search/text/respell.ts'
import { overriding } from '../../../src/domain/overriding.ts'
import { type SearchEngine, searchBounds } from '../../../src/ports/search/search.ts'
import { searchWorld } from './kit.ts'

/** What is written in a document, and slips of those who look for it. */
const slips: Readonly<Record<string, string>> = {
  drawng: 'drawing',
  drawign: 'drawings',
  monitorng: 'monitored',
  cachign: 'caching',
  trasnlating: 'translating',
  trasnlatng: 'translates',
  containre: 'container',
  registires: 'registries',
  librareis: 'library',
  deplyoment: 'deployment',
  developmnet: 'developments',
  validaton: 'validation',
  documentatoin: 'documentation',
  configuratin: 'configured',
  generatr: 'generator',
  siring: 'string',
}

for (const [typed, written] of Object.entries(slips))
  test(`${typed} finds ${written}, though neither its ending nor its stem is as it was typed`, async () => {
    await using world = await searchWorld()
    await world.publish({ one: `It is about ${written} here`, two: 'Something else' })
    const { hits, relaxed, suggestion } = await world.search(typed)
    assert.deepEqual(
      [hits.map(({ artifact }) => artifact.name), relaxed, suggestion],
      [['one'], 'typos', written],
    )
  })

test('what is only a little like a word is not taken for it', async () => {
  await using world = await searchWorld()
  await world.publish({ one: 'drawing valid deploys', two: 'a process container' })
  for (const text of ['drowned', 'plugin', 'inving', 'ment', 'ing', 'ation', 'checking'])
    assert.deepEqual(await world.names(text), [], text)
})

test('what was typed right is respelt nowhere', async () => {
  await using world = await searchWorld()
  await world.publish({ one: 'he draws', two: 'a drawn one' })
  const { hits, relaxed } = await world.search('drawing')
  assert.deepEqual([hits.map(({ artifact }) => artifact.name), relaxed], [['one'], 'none'])
})

test('spellings are few, differ, and begin with the word itself', () => {
  for (const typed of [...Object.keys(slips), 'internationalizations', 'x'.repeat(64), 'iiiing', 'sessses']) {
    const spellings = respell(typed, 2)
    assert.ok(spellings.length <= 4, `${typed}: ${spellings.length}`)
    assert.equal(new Set(spellings.map(({ word }) => word)).size, spellings.length, typed)
    for (const { word, edits, slips: made } of spellings) assert.ok(word !== '' && edits + made <= 2, typed)
  }
  assert.deepEqual(respell('паддинг', 1), [{ word: 'паддинг', edits: 1, slips: 0 }])
  assert.deepEqual(respell('utf88', 1), [{ word: 'utf88', edits: 1, slips: 0 }])
})

test('an engine is asked for no more spellings than a text may have words', async () => {
  const engine = openMemorySearch()
  const asked: number[] = []
  const watched: SearchEngine = overriding(engine, {
    similar: async (query, signal) => {
      asked.push(query.words.length)
      return await engine.similar(query, signal)
    },
  })
  await using world = await searchWorld(watched)
  await world.publish({ one: 'some drawing' })
  const words = Array.from(
    { length: 20 },
    (_, at) => `${'bcdfghjklmnpqrstvwxzbcdfghjklmnpq'.slice(at, at + 3)}oseratoin`,
  )
  const { hits, relaxed } = await world.search(`drawng ${words.join(' ')}`)
  assert.deepEqual([hits.map(({ artifact }) => artifact.name), relaxed], [['one'], 'any'])
  const [queries = 0, ...more] = asked
  assert.deepEqual(more, [])
  // Twenty-one words as they are, and more of them as they may have been meant.
  assert.ok(queries > 21 && queries <= searchBounds.clauses, `${queries}`)
})
