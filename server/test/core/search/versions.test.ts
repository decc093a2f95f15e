import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openMemorySearch } from '../../../src/adapters/search/memory/open-memory-search.ts'
import { Searching } from '../../../src/boot/compose/searching.ts'
import { artifacts as table } from '../../../src/core/artifacts/tables.ts'
import { events } from '../../../src/core/ledger/tables.ts'
import { writeMark } from '../../../src/core/search/index-mark.ts'
import type { RepositoryName } from '../../../src/domain/repository-name.ts'
import { type Sight, wholeSight } from '../../../src/domain/search.ts'
import type { Tag } from '../../../src/domain/tag.ts'
import type { IndexChange } from '../../../src/ports/search/search.ts'
import { build, documentOf } from '../../../src/ports/search/suite/harness.ts'
import { spoiltEngine } from '../../kit/spoilt-engine.ts'
import { authors } from '../authoring/kit.ts'
import { allRows } from '../invariants.ts'
import { type SearchWorld, searchWorld } from './kit.ts'

const everybody: Sight = [{ visibilities: ['public'] }]

/** What a stranger is told without a hit, of which nothing is looked up. */
async function counted(world: SearchWorld): Promise<readonly unknown[]> {
  const asked = { text: '', limit: 0, countFacets: ['topic'] } as const
  const { total, facets } = await world.search(asked, everybody)
  return [total, facets.topic]
}

test('what was hidden by a process whose clock is behind is in no number', async () => {
  await using world = await searchWorld()
  const { artifacts, test } = world
  const { caller, clock } = test
  const { id } = await world.create({ metadata: { name: 'Thing', topics: ['zeppelins'] }, published: true })
  clock.jump(60_000)
  await artifacts.delete(caller, id)
  await artifacts.restore(caller, id)
  assert.deepEqual(await counted(world), [1, [{ value: 'zeppelins', count: 1 }]])
  clock.jump(-50_000)
  await artifacts.update(caller, { id, visibility: 'private' })
  assert.deepEqual(await counted(world), [0, []])
  await artifacts.update(caller, { id, visibility: 'public' })
  assert.equal((await counted(world))[0], 1)
  await artifacts.delete(caller, id)
  assert.deepEqual(await counted(world), [0, []])
})

test('who comes late with the first of two changes of one moment does not undo the second', async () => {
  const inner = openMemorySearch()
  const spoilt = spoiltEngine(inner)
  await using world = await searchWorld(spoilt.engine)
  const written: IndexChange[] = []
  spoilt.faults = {
    apply: async (changes, from, to) => {
      written.push(...changes)
      return await inner.apply(changes, from, to)
    },
  }
  await world.indexed()
  const { id } = await world.create({ metadata: { name: 'Thing' } })
  await world.artifacts.publish(world.test.caller, { id, version: '1.0.0' })
  await world.indexed()
  const early = written.filter((one) => one.do === 'put' && one.document.visibility === 'public')
  assert.ok(early.length > 0)
  await world.artifacts.update(world.test.caller, { id, visibility: 'private' })
  await world.indexed()
  const mark = (await inner.mark()) ?? ''
  assert.equal(await inner.apply(early, mark, mark), 'applied')
  assert.equal((await counted(world))[0], 0)
})

test('a download is told as numbers, and the artifact is not read for it', async () => {
  const inner = openMemorySearch()
  const spoilt = spoiltEngine(inner)
  await using world = await searchWorld(spoilt.engine)
  await world.publish({ one: 'same', two: 'same' })
  const [first] = (await world.search('same')).hits
  const id = first?.artifact.id ?? ''
  const [version = 0] = (await allRows(world.test.store, table)).flatMap((row) =>
    row.id === id ? [row.changes] : [],
  )
  const written: IndexChange[] = []
  spoilt.faults = {
    apply: async (changes, from, to) => {
      written.push(...changes)
      return await inner.apply(changes, from, to)
    },
  }
  await world.artifacts.countUse(id, 'downloads')
  await world.test.clock.advance(6_000)
  await world.indexed()
  const { createdAt = 0, updatedAt = 0 } = first?.artifact ?? {}
  const numbers = { downloads: 1, stars: 0, createdAt, updatedAt }
  assert.deepEqual(written, [{ do: 'count', id, version, numbers, weight: 0.301 }])
  assert.deepEqual(await world.names('same downloads:1'), [first?.artifact.name])
  const listed = await inner.list(undefined, 9)
  assert.equal(listed.find((one) => one.id === id)?.version, version)
})

test('two downloads of one moment are both counted, also where the clock is set back between them', async () => {
  await using world = await searchWorld()
  const { clock } = world.test
  await world.publish({ one: 'same' })
  const [{ artifact: { id = '' } = {} } = {}] = (await world.search('same')).hits
  await world.artifacts.countUse(id ?? '', 'downloads')
  await clock.advance(6_000)
  assert.deepEqual(await world.names('same downloads:1'), ['one'])
  clock.jump(-6_000)
  await world.artifacts.countUse(id ?? '', 'downloads')
  await clock.advance(12_000)
  assert.deepEqual(await world.names('same downloads:2'), ['one'])
})

test('uses are counted where a clock that was a day ahead has left a mark, also at the next start', async () => {
  const engine = openMemorySearch()
  await using world = await authors()
  const { core, clock } = world.test
  const day = 86_400_000
  const { id } = await world.create({ metadata: { name: 'Thing' }, published: true })
  for (const isAgain of [false, true]) {
    const parts = { main: { name: 'memory', engine }, timeout: 2_000, pause: 1_000, interval: 100 }
    const ahead = new Searching(core, parts)
    await ahead.catchUp()
    clock.jump(day)
    await ahead.catchUp()
    clock.jump(-day)
    await ahead.close()
    const searching = new Searching(core, parts)
    await searching.catchUp()
    await world.artifacts.countUse(id, 'downloads')
    clock.jump(6_000)
    await searching.catchUp()
    const text = `downloads:${isAgain ? 2 : 1}`
    assert.equal((await searching.search(wholeSight, { text, limit: 1 })).total, 1)
    await searching.close()
  }
})

test('uses that came while somebody else built the index anew are counted in it too', async () => {
  const engine = openMemorySearch()
  await using world = await searchWorld(engine)
  const { clock, store } = world.test
  const { id } = await world.create({ metadata: { name: 'Thing' }, published: true })
  await world.indexed()
  const early = writeMark({
    build: 'early',
    position: await store.last(events),
    usedUpTo: clock.now() - 30_001,
  })
  await world.artifacts.countUse(id, 'downloads')
  await clock.advance(6_000)
  assert.deepEqual(await world.names('downloads:1'), ['Thing'])
  await build(engine, [documentOf(id, { version: 1, words: { name: 'thing' } })], early)
  await clock.advance(6_000)
  assert.deepEqual(await world.names('downloads:1'), ['Thing'])
})

test('an index whose documents have times for versions is built anew', async () => {
  const engine = openMemorySearch()
  await using world = await searchWorld(engine)
  const { id } = await world.create({ metadata: { name: 'Thing' }, visibility: 'private', published: true })
  const position = await world.test.store.last(events)
  const stale = documentOf(id, { version: world.test.clock.now(), words: { name: 'thing' } })
  await build(engine, [stale], JSON.stringify([position ?? null, 0]))
  assert.equal((await counted(world))[0], 0)
  assert.deepEqual(await engine.list(undefined, 9), [{ id, version: 1 }])
})

test('an artifact that stands at a draft is in no number once the last that was published has gone', async () => {
  await using world = await searchWorld()
  const { artifacts, test } = world
  const { caller, registry } = test
  const { id } = await world.create({ slug: 'ada', metadata: { name: 'Ada' }, version: '0.1.0' })
  const repository = 'persona/acme/ada' as RepositoryName
  const { bytes } = await registry.manifests.get(repository, '0.1.0' as Tag)
  const expect = {}
  await registry.manifests.put(caller, {
    ...{ repository, reference: '1.0.0' as Tag, tags: [], contentType: undefined, bytes, expect },
  })
  await artifacts.update(caller, { id, version: '2.0.0', source: 'a draft' })
  assert.equal((await counted(world))[0], 1)
  await registry.manifests.delete(caller, repository, '1.0.0' as Tag, {})
  assert.equal((await counted(world))[0], 0)
})
