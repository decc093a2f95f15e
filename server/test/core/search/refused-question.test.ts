import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openMemorySearch } from '../../../src/adapters/search/memory/open-memory-search.ts'
import { Searching } from '../../../src/boot/compose/searching.ts'
import type { NamedEngine } from '../../../src/core/search/searchers.ts'
import { isRegistryError } from '../../../src/domain/error.ts'
import { wholeSight } from '../../../src/domain/search.ts'
import { SearchError } from '../../../src/ports/search/errors.ts'
import type { CompletionQuery } from '../../../src/ports/search/search.ts'
import { spoiltEngine } from '../../kit/spoilt-engine.ts'
import { type Authors, authors } from '../authoring/kit.ts'

const refused = async (): Promise<never> => {
  throw new SearchError('question', 'not such a one')
}
const [parts, request] = [
  { timeout: 5_000, pause: 60_000, interval: 100 },
  { text: 'thing', limit: 20 },
]

/** A search by an engine that can be spoilt. */
function outside(
  { test: { core } }: Authors,
  fallback?: NamedEngine,
): { readonly main: ReturnType<typeof spoiltEngine>; readonly searching: Searching } {
  const main = spoiltEngine(openMemorySearch())
  const engines = { main: { name: 'outside', engine: main.engine }, ...(fallback && { fallback }) }
  return { main, searching: new Searching(core, { ...engines, ...parts }) }
}

test('a question that an engine will not answer is answered by the other one, and the next one by the engine again', async () => {
  await using world = await authors()
  const { main, searching } = outside(world, { name: 'own', engine: openMemorySearch() })
  await world.create({ slug: 'thing', metadata: { name: 'thing' }, published: true })
  await searching.catchUp()
  main.faults = { query: refused }
  const { engine, degraded, total } = await searching.search(wholeSight, request)
  assert.deepEqual([engine, degraded, total], ['own', true, 1])
  assert.equal(searching.isWhole, true)
  main.faults = {}
  const next = await searching.search(wholeSight, request)
  assert.deepEqual([next.engine, next.degraded, next.total], ['outside', false, 1])
  await searching.close()
})

test('an engine that was away and refuses a question is there again', async () => {
  await using world = await authors()
  const { main, searching } = outside(world, { name: 'own', engine: openMemorySearch() })
  await searching.catchUp()
  main.faults = {
    query: async () => {
      throw new SearchError('unavailable', 'it is away')
    },
  }
  await searching.search(wholeSight, request)
  assert.equal(searching.isWhole, false)
  await world.test.clock.advance(61_000)
  main.faults = { query: refused }
  assert.equal((await searching.search(wholeSight, request)).engine, 'own')
  assert.equal(searching.isWhole, true)
  await searching.close()
})

test('where there is no other engine, it is told that this one does not take the question', async () => {
  await using world = await authors()
  const { main, searching } = outside(world)
  await searching.catchUp()
  main.faults = { query: refused }
  await assert.rejects(
    async () => await searching.search(wholeSight, request),
    (error) => isRegistryError(error, 'parameter-invalid') && /outside does not take/.test(error.message),
  )
  await searching.close()
})

test('what is completed grows no longer than any name when it is folded', async () => {
  await using world = await authors()
  const { main, searching } = outside(world)
  const name = 'ﷺ'.repeat(60)
  await world.create({ slug: 'thing', metadata: { name }, published: true })
  await searching.catchUp()
  const asked: CompletionQuery[] = []
  const complete = main.engine.complete.bind(main.engine)
  main.faults = {
    complete: async (query, signal) => {
      asked.push(query)
      main.faults = {}
      return await complete(query, signal)
    },
  }
  const { artifacts } = await searching.suggest(wholeSight, name, 5)
  assert.deepEqual(
    [artifacts.map(({ slug }) => slug), asked.map(({ text }) => text.length)],
    [['thing'], [200]],
  )
  await searching.close()
})
