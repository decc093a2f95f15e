import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openMemorySearch } from '../../../src/adapters/search/memory/open-memory-search.ts'
import { overriding } from '../../../src/domain/overriding.ts'
import { EngineBackend } from '../../../src/library/engine-backend.ts'
import { openMemoryEngines } from '../../../src/library/engines/memory.ts'
import { MemorySearchEngine } from '../../../src/library/engines/memory-search-engine.ts'
import { isRegistryError } from '../../../src/library/errors.ts'
import { RegistryManager } from '../../../src/library/registry-manager.ts'
import { unwrap } from '../../../src/library/result.ts'
import { SearchError } from '../../../src/ports/search/errors.ts'
import type { SearchEngine } from '../../../src/ports/search/search.ts'
import { searchContract } from '../../../src/ports/search/suite.ts'
import { inMemory, onEachBackend, usual, type World } from './world.ts'

const found = async ({ registry }: Pick<World, 'registry'>, query: string): Promise<string[]> =>
  (await registry.search({ query })).map(({ artifact }) => artifact.name)

onEachBackend('a search that follows its registry', (open) => {
  test('finds at once what was made, as it was changed, and not what was deleted', async () => {
    await using world = await open()
    const { registry } = world
    assert.deepEqual(await found(world, 'lantern'), [])
    const { id } = await world.create({ name: 'Lantern' })
    assert.deepEqual(await found(world, 'lantern'), ['Lantern'])
    await registry.update(id, { name: 'Lamp', description: 'It was a lantern.' })
    assert.deepEqual(await found(world, 'lantern'), ['Lamp'])
    await registry.delete(id)
    assert.deepEqual(await found(world, 'lantern'), [])
    await registry.restore(id)
    assert.deepEqual(await found(world, 'lamp'), ['Lamp'])
    assert.deepEqual(
      (await registry.suggest('lam')).map(({ name }) => name),
      ['Lamp'],
    )
    await registry.purge(id)
    assert.deepEqual(await found(world, 'lamp'), [])
    assert.equal((await registry.searchPage()).total, 0)
  })

  test('finds and shows what is published while there is a newer draft, and drafts of what is not', async () => {
    await using world = await open()
    const { registry, clock } = world
    const text = { description: 'A lantern.', tags: ['light'], sourceCode: 'Burns oil.' }
    const { id } = await world.create({ name: 'Lantern', ...text, published: true })
    const [before] = await registry.search({ query: 'lantern' })
    assert.deepEqual(before?.artifact, await registry.read(id))
    clock.step(1000)
    const draft = await registry.update(id, {
      name: 'Torch',
      description: 'A torch.',
      tags: ['glow'],
      sourceCode: 'Burns resin.',
      version: '0.2.0',
    })
    assert.deepEqual([draft.version, draft.isLatest], ['0.2.0', true])
    for (const query of ['torch', 'glow', 'resin']) assert.deepEqual(await found(world, query), [])
    const [hit, ...more] = await registry.search({ query: 'lantern' })
    assert.deepEqual(more, [])
    assert.deepEqual(hit?.artifact, { ...before?.artifact, isLatest: false })
    assert.deepEqual(
      hit?.matches.find(({ field }) => field === 'description')?.snippet,
      hit?.artifact.description,
    )
    await registry.publish(id, '0.2.0')
    assert.deepEqual(await found(world, 'oil'), [])
    assert.deepEqual((await registry.search({ query: 'torch' }))[0]?.artifact, await registry.read(id))
    const other = await world.create({ name: 'Candle' })
    assert.deepEqual((await registry.search({ query: 'candle' }))[0]?.artifact, other)
  })

  test('many at once find what was made before each of them', async () => {
    await using world = await open()
    await Promise.all(
      Array.from({ length: 20 }, async (_, n) => {
        await world.create({ name: `w${n}` })
        assert.deepEqual(await found(world, `"w${n}"`), [`w${n}`])
      }),
    )
  })

  test('sees in a transaction what is committed, and its changes once they are', async () => {
    await using world = await open()
    const { backend, registry } = world
    const { id } = await world.create({ name: 'Lantern' })
    const transaction = unwrap(await backend.beginTransaction())
    await registry.create({ ...usual, name: 'Candle' })
    const changed = await registry.update(id, { name: 'Torch' })
    assert.equal(changed.name, 'Torch')
    assert.deepEqual(await found(world, 'candle'), [])
    assert.deepEqual(await found(world, 'lantern'), ['Lantern'])
    unwrap(await transaction.commit())
    assert.deepEqual(await found(world, 'candle'), ['Candle'])
    assert.deepEqual(await found(world, 'torch'), ['Torch'])
  })

  test('an engine that was another registry’s is built anew', async () => {
    await using engine = new MemorySearchEngine()
    {
      await using world = await open({ engine })
      for (const name of ['One', 'Two', 'Three']) await world.create({ name })
      assert.equal((await world.registry.searchPage()).total, 3)
    }
    await using world = await open({ engine })
    assert.equal((await world.registry.searchPage()).total, 0)
    await world.create({ name: 'Four' })
    const page = await world.registry.searchPage()
    assert.deepEqual([page.total, page.facets.type], [1, [{ value: 'persona', count: 1 }]])
  })
})

describe('an engine that was given', () => {
  test('stays open when the backend disconnects, and is refused once it is closed', async () => {
    const engine = new MemorySearchEngine()
    const report = (): void => {}
    const world = await inMemory({ engine, report })
    await world.create({ name: 'Lantern' })
    assert.deepEqual(await found(world, 'lantern'), ['Lantern'])
    await world[Symbol.asyncDispose]()
    await assert.rejects(found(world, 'lantern'), { code: 'UNAVAILABLE' })
    assert.equal(typeof (await engine.mark()), 'string')
    await engine.close()
    await engine.close()
    await assert.rejects(engine.mark(), { name: 'SearchError', kind: 'closed' })
    await using later = await inMemory({ engine, report })
    await assert.rejects(found(later, 'lantern'), { code: 'UNAVAILABLE' })
  })

  test('which takes its time with a change answers with what it has, and says so', async () => {
    const gate = Promise.withResolvers<void>()
    let isSlow = false
    const memory = openMemorySearch()
    const engine = overriding(memory, {
      apply: async (changes, from, to) => {
        if (isSlow) await gate.promise
        return await memory.apply(changes, from, to)
      },
    })
    await using world = await inMemory({ engine, search: { wait: 50 } })
    await world.create({ name: 'Lantern' })
    assert.equal((await world.registry.searchPage({ query: 'lantern' })).stale, false)
    isSlow = true
    await world.create({ name: 'Lantern of another' })
    const stale = await world.registry.searchPage({ query: 'lantern' })
    assert.deepEqual([stale.stale, stale.total], [true, 1])
    isSlow = false
    gate.resolve()
    const page = await world.registry.searchPage({ query: 'lantern' })
    assert.deepEqual([page.stale, page.total], [false, 2])
  })

  test('whose numbers are none is not believed', async () => {
    for (const numbers of [[], [1], [1, 2, 3], [1, -1], [1, 0.5], [1, '2'], 'no'] as const) {
      const engine = overriding(openMemorySearch(), { having: async () => numbers as never })
      const world = await inMemory({ engine, report: () => {} })
      await world.create({ name: 'Lantern' })
      await assert.rejects(found(world, 'lantern unheard'), { code: 'UNAVAILABLE' }, JSON.stringify(numbers))
      await world[Symbol.asyncDispose]()
    }
  })

  test('which is not built in time is UNAVAILABLE, not empty, and keeps no disconnect waiting', async () => {
    const never = Promise.withResolvers<never>()
    for (const method of ['mark', 'rebuild', 'query'] as const) {
      const engine = overriding(openMemorySearch(), { [method]: () => never.promise })
      const world = await inMemory({ engine, search: { wait: 20, timeout: 20 } })
      await world.create({ name: 'Lantern' })
      await assert.rejects(found(world, 'lantern'), { code: 'UNAVAILABLE' }, method)
      await world[Symbol.asyncDispose]()
    }
  })
})

/** A backend whose store has an engine of its own. */
function withOwn(openSearch: () => Promise<SearchEngine>) {
  return new EngineBackend(async (tools) => ({ ...(await openMemoryEngines(tools)), openSearch }), {
    jobs: false,
    report: () => {},
  })
}

describe('the engine of a store', () => {
  test('is opened at the first search, tried again where it cannot be, and closed with the backend', async () => {
    const events: string[] = []
    const backend = withOwn(async () => {
      events.push('open')
      if (events.length === 1) throw new SearchError('refused', 'no rights')
      const memory = openMemorySearch()
      return overriding(memory, {
        close: async () => {
          events.push('close')
          await memory.close()
        },
      })
    })
    unwrap(await backend.connect())
    const [registry, other] = [new RegistryManager(backend), new RegistryManager(backend)]
    await registry.create({ ...usual, name: 'Lantern' })
    assert.deepEqual(events, [])
    await assert.rejects(registry.search(), (error) => {
      assert.ok(isRegistryError(error, 'UNAVAILABLE'))
      assert.match(error.message, /no rights/)
      return true
    })
    assert.deepEqual(await found({ registry }, 'lantern'), ['Lantern'])
    assert.deepEqual(await found({ registry: other }, 'lantern'), ['Lantern'])
    unwrap(await backend.disconnect())
    assert.deepEqual(events, ['open', 'open', 'close'])
    await assert.rejects(registry.search(), { code: 'UNAVAILABLE' })
  })

  test('answers for one that was given and does not', async () => {
    const backend = withOwn(async () => openMemorySearch())
    unwrap(await backend.connect())
    let isBroken = false
    const memory = openMemorySearch()
    const broken = async (): Promise<never> => {
      throw new SearchError('unavailable', 'nobody answers')
    }
    const engine = overriding(memory, {
      mark: () => (isBroken ? broken() : memory.mark()),
      query: (...given) => (isBroken ? broken() : memory.query(...given)),
      complete: (...given) => (isBroken ? broken() : memory.complete(...given)),
    })
    const registry = new RegistryManager(backend, undefined, engine, { search: { pause: 1 } })
    await registry.create({ ...usual, name: 'Lantern' })
    const asked = async (): Promise<unknown[]> => {
      const { total, degraded, stale } = await registry.searchPage({ query: 'lantern' })
      return [total, degraded, stale]
    }
    assert.deepEqual(await asked(), [1, false, false])
    isBroken = true
    await registry.create({ ...usual, name: 'Lantern of another' })
    assert.deepEqual(await asked(), [2, true, false])
    assert.equal((await registry.suggest('lantern')).length, 2)
    isBroken = false
    const deadline = Date.now() + 10_000
    while ((await asked())[1] !== false) assert.ok(Date.now() < deadline, 'it is never asked again')
    assert.deepEqual(await asked(), [2, false, false])
    unwrap(await backend.disconnect())
  })
})

describe('MemorySearchEngine', () => {
  const harness = {
    can: { shared: false, durable: false },
    start: async () => {
      const engine = new MemorySearchEngine()
      return {
        engine,
        reopen: async () => assert.fail('it is not durable'),
        other: async () => assert.fail('it is not shared'),
        [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
      }
    },
  }
  for (const { name, run } of searchContract(harness)) test(name, run)
})
