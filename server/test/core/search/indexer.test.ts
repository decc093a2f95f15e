import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openMemorySearch } from '../../../src/adapters/search/memory/open-memory-search.ts'
import { countUse } from '../../../src/core/artifacts/count-use.ts'
import { writeMark } from '../../../src/core/search/index-mark.ts'
import { Indexer } from '../../../src/core/search/indexer.ts'
import { searchArtifacts } from '../../../src/core/search/search-artifacts.ts'
import { overriding } from '../../../src/domain/overriding.ts'
import { wholeSight } from '../../../src/domain/search.ts'
import { SearchError } from '../../../src/ports/search/errors.ts'
import { overStore } from '../../kit/over-store.ts'
import { spoiltEngine } from '../../kit/spoilt-engine.ts'
import { searchWorld } from './kit.ts'

test('an index follows what is made, changed, deleted, brought back and purged', async () => {
  await using world = await searchWorld()
  const { artifacts, test } = world
  const { id } = await world.create({ slug: 'ada', metadata: { name: 'Ada', description: 'first words' } })
  assert.deepEqual(await world.names('first'), ['Ada'])
  await artifacts.update(test.caller, { id, metadata: { description: 'other words' } })
  assert.deepEqual([await world.names('first'), await world.names('other')], [[], ['Ada']])
  await artifacts.delete(test.caller, id)
  assert.deepEqual([await world.names('other'), (await world.engine.list(undefined, 9)).length], [[], 0])
  await artifacts.restore(test.caller, id)
  assert.deepEqual(await world.names('other'), ['Ada'])
  await artifacts.purge(test.caller, id)
  assert.deepEqual([await world.names('other'), (await world.engine.list(undefined, 9)).length], [[], 0])
})

test('it is told once when an index was built, with how many artifacts and how long it took', async () => {
  const engine = openMemorySearch()
  const slow = overriding(engine, {
    rebuild: async () => {
      const rebuilding = await engine.rebuild()
      await world.test.clock.advance(1_500)
      return rebuilding
    },
  })
  await using world = await searchWorld(slow)
  await world.publish({ one: 'first words', two: 'other words' })
  world.test.telemetry.lines.length = 0
  await world.indexed()
  await world.publish({ three: 'more words' })
  await world.indexed()
  const told = world.test.telemetry.lines.filter(({ message }) => message.includes('search index'))
  const fields = { engine: 'memory', artifacts: 2, ms: 1_500 }
  assert.deepEqual(told, [{ level: 'info', message: 'a search index was built', fields }])
})

test('what has gone since it was indexed is not shown, nor counted', async () => {
  await using world = await searchWorld()
  await world.publish({ one: 'same', two: 'same' })
  const { hits } = await world.search('same')
  const [first] = hits
  await world.artifacts.delete(world.test.caller, first?.artifact.id ?? '')
  const now = await searchArtifacts(world.test.core, world.searchers, wholeSight, { text: 'same', limit: 20 })
  assert.equal(now.total, 1)
  assert.deepEqual(
    now.hits.map(({ artifact }) => artifact.id),
    [hits[1]?.artifact.id],
  )
})

test('downloads are in no log and are counted within a while', async () => {
  await using world = await searchWorld()
  await world.publish({ one: 'same', two: 'same' })
  const [, second] = (await world.search('same')).hits
  const id = second?.artifact.id ?? ''
  await countUse(world.test.core, id, 'downloads', 100)
  await world.test.clock.advance(6_000)
  assert.deepEqual(await world.names('same downloads:>=100'), [second?.artifact.name])
  const uses = Array.from({ length: 250 }, async (_, at) => {
    const made = await world.create({ slug: `many-${at}`, metadata: { name: `many ${at}` }, source: '' })
    await countUse(world.test.core, made.id, 'downloads', 7)
  })
  await Promise.all(uses)
  await world.test.clock.advance(120_000)
  assert.equal((await world.search('downloads:7')).total, 250)
  await countUse(world.test.core, id, 'downloads', 1)
  await world.test.clock.advance(6_000)
  assert.deepEqual(await world.names('downloads:101'), [second?.artifact.name])
})

test('what is pushed, made while an index is built, or came while nobody followed is found', async () => {
  await using world = await searchWorld()
  await world.publish({ one: 'before' })
  await world.indexed()
  await world.publish({ two: 'during' })
  const building = world.indexer.build(new AbortController().signal)
  await world.publish({ three: 'during' })
  assert.ok((await building) >= 2)
  assert.deepEqual([...(await world.names('during'))].sort(), ['three', 'two'])
  assert.deepEqual(await world.indexer.lag(), { entries: 0, ms: 0, isReady: true })
  await world.publish({ four: 'after' })
  await world.test.clock.advance(2_500)
  const { entries, ms } = await world.indexer.lag()
  assert.ok(entries > 0)
  assert.equal(ms, 2_500)
})

test('drafts are found by those who see everything, and by their owner', async () => {
  await using world = await searchWorld()
  await world.create({ slug: 'draft', metadata: { name: 'draft' }, owner: 'ada' })
  const slugs = async (...sight: Parameters<typeof world.names>[1][]): Promise<number> =>
    (await world.names('draft', sight[0])).length
  assert.equal(await slugs(wholeSight), 1)
  assert.equal(await slugs([{ visibilities: ['public'] }]), 0)
  assert.equal(await slugs([{ visibilities: ['public'] }, { owners: ['ada'] }]), 1)
})

test('an engine that is away is told of once, and once when it is there again', async () => {
  await using world = await searchWorld()
  const { core, clock, telemetry } = world.test
  const spoilt = spoiltEngine(openMemorySearch())
  const away = async (): Promise<never> => {
    throw new SearchError('unavailable', 'it is away')
  }
  spoilt.faults = { mark: away }
  const options = { core, engine: spoilt.engine, name: 'outside', interval: 100, pause: 1_000 }
  const indexer = new Indexer({ ...options, ready: () => {} })
  const ended = new AbortController()
  const following = indexer.follow(ended.signal)
  const told = (level: string): readonly string[] =>
    telemetry.lines
      .filter((line) => line.level === level && line.fields['engine'] === 'outside')
      .map(({ message }) => message)
  for (let time = 0; time < 20; time++) await clock.advance(1_000)
  assert.deepEqual(told('error'), ['a search index cannot follow'])
  assert.ok(told('debug').length > 5)
  spoilt.faults = {}
  while (told('info').length < 2) await clock.advance(1_000)
  for (let time = 0; time < 20; time++) await clock.advance(1_000)
  assert.deepEqual(
    [told('error').length, told('info')],
    [1, ['a search index was built', 'a search index follows again']],
  )
  ended.abort()
  await following
})

test('what is there and not settled is found, and what comes before it in the end as well', async () => {
  let late: unknown
  let isHeldUp = false
  const world = await searchWorld(openMemorySearch(), {
    wrap: (store) =>
      overStore(store, {
        tail: async () => assert.fail('who reads the log looks at what is not settled too'),
        tailNow: async (log, after, limit) => {
          const { entries } = await store.tail(log, after, limit)
          const held = entries.findIndex(({ row }) => late !== undefined && row['artifact'] === late)
          const passed = isHeldUp && held >= 0 ? held : entries.length
          const seen = entries.map((entry, n) => ({ ...entry, isSettled: n < passed }))
          return { entries: isHeldUp ? seen.filter(({ row }) => row['artifact'] !== late) : seen }
        },
      }),
  })
  await using _ = world
  const { artifacts, test } = world
  const found = async (text: string): Promise<readonly string[]> => {
    while (await world.indexer.step(new AbortController().signal, 'all')) {}
    const { hits } = await searchArtifacts(world.test.core, world.searchers, wholeSight, { text, limit: 20 })
    return hits.map(({ artifact }) => artifact.name).sort()
  }
  await world.create({ slug: 'first', metadata: { name: 'first', description: 'same words' } })
  assert.deepEqual(await found('same'), ['first'])
  isHeldUp = true
  late = (await world.create({ slug: 'late', metadata: { name: 'late', description: 'same words' } })).id
  const { id } = await world.create({ slug: 'early', metadata: { name: 'early', description: 'same words' } })
  const mark = await world.engine.mark()
  assert.deepEqual(await found('same'), ['early', 'first'])
  await artifacts.update(test.caller, { id, metadata: { description: 'other words' } })
  assert.deepEqual([await found('same'), await found('other')], [['first'], ['early']])
  assert.equal(await world.engine.mark(), mark)
  assert.equal((await world.indexer.lag()).entries > 0, true)
  isHeldUp = false
  assert.deepEqual([await found('same'), await found('other')], [['first', 'late'], ['early']])
  assert.deepEqual(await world.indexer.lag(), { entries: 0, ms: 0, isReady: true })
})

test('what was reached ahead of the mark is reached again in an index that was built anew since', async () => {
  let isHeldUp = false
  const world = await searchWorld(openMemorySearch(), {
    wrap: (store) =>
      overStore(store, {
        tailNow: async (log, after, limit) => {
          const { entries } = await store.tail(log, after, limit)
          return { entries: entries.map((entry) => ({ ...entry, isSettled: !isHeldUp })) }
        },
      }),
  })
  await using _ = world
  const reach = async (): Promise<readonly string[]> => {
    while (await world.indexer.step(new AbortController().signal, 'all')) {}
    return (await world.engine.list(undefined, 500)).map(({ id }) => id)
  }
  await world.create({ slug: 'first', metadata: { name: 'first' } })
  await reach()
  isHeldUp = true
  for (let n = 0; n < 120; n++)
    await world.create({ slug: `many-${n}`, metadata: { name: `many ${n}` }, source: '' })
  const all = await reach()
  assert.equal(all.length, 121)
  const { at } = world.indexer
  assert.ok(at !== undefined)
  {
    await using rebuilding = await world.engine.rebuild()
    await rebuilding.finish(writeMark({ ...at, usedUpTo: at.usedUpTo + 1 }))
  }
  assert.deepEqual(await reach(), all.slice(1))
})
