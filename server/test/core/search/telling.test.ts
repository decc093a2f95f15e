import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openMemorySearch } from '../../../src/adapters/search/memory/open-memory-search.ts'
import { Searching } from '../../../src/boot/compose/searching.ts'
import { wholeSight } from '../../../src/domain/search.ts'
import { SearchError } from '../../../src/ports/search/errors.ts'
import type { SearchEngine } from '../../../src/ports/search/search.ts'
import { type SpoiltEngine, spoiltEngine } from '../../kit/spoilt-engine.ts'
import { type Authors, authors } from '../authoring/kit.ts'

const pause = 1_000

interface Told extends AsyncDisposable {
  readonly clock: Authors['test']['clock']
  readonly outside: SpoiltEngine
  search(): Promise<unknown>
  /** What was told since this was asked last, of searches alone. */
  lines(): readonly (readonly [level: string, message: string, reason: unknown])[]
}

async function toldOf(own?: SearchEngine): Promise<Told> {
  const world = await authors()
  const { core, clock, telemetry } = world.test
  const outside = spoiltEngine(openMemorySearch())
  const searching = new Searching(core, {
    main: { name: 'outside', engine: outside.engine },
    ...(own && { fallback: { name: 'own', engine: own } }),
    ...{ timeout: 2_000, pause, interval: 100 },
  })
  await searching.catchUp()
  telemetry.lines.length = 0
  return {
    clock,
    outside,
    search: async () => await searching.search(wholeSight, { limit: 1 }),
    lines: () =>
      telemetry.lines.splice(0).map(({ level, message, fields }) => [level, message, fields['reason']]),
    [Symbol.asyncDispose]: async () => {
      await searching.close()
      await world[Symbol.asyncDispose]()
    },
  }
}

const away = (why: string) => async (): Promise<never> => {
  throw new SearchError('unavailable', why)
}

test('that nothing can be searched is a warning, once for as long as it is for the same reason', async () => {
  await using world = await toldOf()
  const { clock, outside, search, lines } = world
  const refused = { code: 'unavailable', data: { isTold: true } }
  const fails = async (why: string): Promise<void> => {
    outside.faults = { query: away(why) }
    await assert.rejects(search(), (error: { code: string; data: object }) => {
      assert.deepEqual([error.code, { ...error.data, ...refused.data }], [refused.code, error.data])
      return true
    })
  }
  await fails('it is away')
  assert.deepEqual(lines(), [['warn', 'nothing can be searched', 'it is away']])
  await fails('it is away')
  // Every other question is answered.
  outside.faults = {}
  await search()
  await fails('it is away')
  const again = ['debug', 'nothing can be searched', 'it is away'] as const
  assert.deepEqual(lines(), [again, again])
  await fails('it is full')
  assert.deepEqual(lines(), [['warn', 'nothing can be searched', 'it is full']])
  outside.faults = {}
  await clock.advance(pause)
  await search()
  await search()
  assert.deepEqual(lines(), [['info', 'searches are answered again', undefined]])
  await fails('it is full')
  assert.deepEqual(lines(), [['warn', 'nothing can be searched', 'it is full']])
})

test('that the other engine answers is a warning once too, and so is that it does not', async () => {
  const own = spoiltEngine(openMemorySearch())
  await using world = await toldOf(own.engine)
  const { clock, outside, search, lines } = world
  outside.faults = { query: away('it is away') }
  const isLeft = 'the search engine does not answer; the one of the store does meanwhile'
  for (const level of ['warn', 'debug', 'debug']) {
    await search()
    assert.deepEqual(lines(), [[level, isLeft, 'it is away']])
    await clock.advance(pause)
  }
  own.faults = { query: away('it is full') }
  await assert.rejects(search(), { code: 'unavailable' })
  await assert.rejects(search(), { code: 'unavailable' })
  assert.deepEqual(
    lines().filter(([level]) => level === 'warn'),
    [['warn', 'nothing can be searched', 'it is full']],
  )
  ;[outside.faults, own.faults] = [{}, {}]
  await clock.advance(pause)
  await search()
  assert.deepEqual(lines(), [['info', 'searches are answered again', undefined]])
})
