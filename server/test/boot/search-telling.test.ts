import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openMemorySearch } from '../../src/adapters/search/memory/open-memory-search.ts'
import { reindex } from '../../src/boot/compose/reindex.ts'
import { Searching } from '../../src/boot/compose/searching.ts'
import { processFigures } from '../../src/boot/instrument/process-figures.ts'
import { answerSearch } from '../../src/boot/threads/remote-search.ts'
import { SearchError } from '../../src/ports/search/errors.ts'
import { authors } from '../core/authoring/kit.ts'
import { spoiltEngine } from '../kit/spoilt-engine.ts'

const parts = { timeout: 100, pause: 1_000, interval: 1_000 }

test('where nothing is searched with, no index is behind, whichever thread is asked', async () => {
  assert.deepEqual(await answerSearch(undefined, { call: 'lags' }), { ok: true, value: [] })
})

test('an engine that is silent keeps nobody from hearing of the others', async (t) => {
  const world = await authors()
  t.after(() => world[Symbol.asyncDispose]())
  const silent = spoiltEngine(openMemorySearch())
  silent.faults = { mark: () => new Promise<never>(() => {}) }
  const searching = new Searching(world.test.core, {
    main: { name: 'outside', engine: silent.engine },
    fallback: { name: 'own', engine: openMemorySearch() },
    ...parts,
  })
  assert.deepEqual(await searching.lags(), [
    { engine: 'outside', entries: 0, ms: 0, isReady: false, error: 'it has not answered within 100 ms' },
    { engine: 'own', entries: 0, ms: 0, isReady: false },
  ])
})

test('of an index that is not there nobody says how far behind it is', async () => {
  const families = await processFigures({
    version: '0',
    folder: '/',
    journal: { count: async () => 0 } as never,
    damaged: async () => 0,
    lags: async () => [
      { engine: 'opensearch', entries: 0, ms: 0, isReady: false, error: 'it is away' },
      { engine: 'sqlite', entries: 2, ms: 1_500, isReady: true },
    ],
    unsealed: async () => ({ entries: 0, ms: 0 }),
  })
  const told = (name: string): readonly unknown[] =>
    families.flatMap((family): readonly unknown[] => (family.name === name ? family.samples : []))
  assert.deepEqual(told('lading_search_lag_seconds'), [{ labels: { engine: 'sqlite' }, value: 1.5 }])
  assert.deepEqual(told('lading_search_lag_entries'), [{ labels: { engine: 'sqlite' }, value: 2 }])
  assert.deepEqual(told('lading_search_ready'), [
    { labels: { engine: 'opensearch' }, value: 0 },
    { labels: { engine: 'sqlite' }, value: 1 },
  ])
})

test('where nothing is searched with, there is nothing to index, and it is said what to do', async () => {
  await assert.rejects(
    reindex(undefined, { compare: false }, () => {}, new AbortController().signal),
    /^RegistryError: invalid search\.engine: it is none, so there is no index; set it to store, /,
  )
})

test('an engine that fails is told, and the others are built and compared all the same', async (t) => {
  const world = await authors()
  t.after(() => world[Symbol.asyncDispose]())
  const away = async (): Promise<never> => {
    throw new SearchError('unavailable', 'it is away')
  }
  const spoilt = spoiltEngine(openMemorySearch())
  spoilt.faults = { rebuild: away, list: away }
  const searching = new Searching(world.test.core, {
    main: { name: 'outside', engine: spoilt.engine },
    fallback: { name: 'own', engine: openMemorySearch() },
    ...parts,
  })
  await world.create({ slug: 'one', published: true })
  const run = (compare: boolean) => reindex(searching, { compare }, () => {}, new AbortController().signal)
  assert.deepEqual(await run(false), {
    engines: [
      { engine: 'outside', error: 'it is away' },
      { engine: 'own', artifacts: 1 },
    ],
  })
  assert.deepEqual(await run(true), {
    engines: [
      { engine: 'outside', error: 'it is away' },
      { engine: 'own', differences: [], different: 0 },
    ],
  })
})
