import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mock, test } from 'node:test'
import { isRegistryError } from '../../../src/library/errors.ts'
import { MemoryBackend } from '../../../src/library/memory-backend.ts'
import type { RegistryEvent } from '../../../src/library/registry-events.ts'
import { RegistryManager } from '../../../src/library/registry-manager.ts'
import { SQLiteBackend } from '../../../src/library/sqlite-backend.ts'
import { faultyStore } from '../../kit/faulty-store.ts'
import { inMemory, onEachBackend, usual, type World } from './world.ts'

/** So many events, and then no more of them. */
async function take(events: AsyncGenerator<RegistryEvent, void>, count: number): Promise<RegistryEvent[]> {
  const taken: RegistryEvent[] = []
  while (taken.length < count) {
    const { done, value } = await events.next()
    if (done || value === undefined) break
    taken.push(value)
  }
  await events.return()
  return taken
}

/** What a listener hears, and a promise of so much of it. */
function hearing(): {
  readonly heard: RegistryEvent[]
  listen(event: RegistryEvent): void
  until(count: number): Promise<void>
} {
  const heard: RegistryEvent[] = []
  const waiting: { readonly count: number; readonly wake: () => void }[] = []
  return {
    heard,
    listen: (event) => {
      heard.push(event)
      for (const { count, wake } of waiting) if (heard.length >= count) wake()
    },
    until: async (count) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      waiting.push({ count, wake: resolve })
      if (heard.length >= count) resolve()
      await promise
    },
  }
}

const kinds = (events: readonly RegistryEvent[]): string[] => events.map(({ kind }) => kind)

/** Every sort of change, each once. Answers how many events that makes. */
async function everything({ registry }: World): Promise<number> {
  const { id } = await registry.create({ ...usual, version: '1.0.0' })
  await registry.publish(id, '1.0.0')
  await registry.update(id, { version: '2.0.0', sourceCode: 'PERSONA Two', published: true })
  await registry.rollback(id, '1.0.0')
  await registry.deprecate(id, '1.0.0', 'old')
  await registry.star(id, 'eve')
  await registry.unstar(id, 'eve')
  await registry.incrementDownloads(id)
  const collection = await registry.collections.create({ name: 'x' })
  await registry.collections.addArtifact(collection.id, id)
  await registry.collections.delete(collection.id)
  await registry.delete(id)
  await registry.restore(id)
  await registry.purge(id)
  return everyKind.length
}

const everyKind = [
  'artifact.created',
  'version.published',
  'artifact.updated',
  'version.published',
  'artifact.updated',
  'artifact.updated',
  'artifact.starred',
  'artifact.unstarred',
  'collection.created',
  'collection.updated',
  'collection.deleted',
  'artifact.deleted',
  'artifact.restored',
  'artifact.purged',
]

onEachBackend('events of a registry', (open) => {
  test('tell of every change, in order, to listeners and to who reads them', async () => {
    await using world = await open()
    const { registry, clock } = world
    const all = hearing()
    const some = hearing()
    registry.on('*', all.listen)
    registry.on('artifact.created', some.listen)
    const count = await everything(world)
    await Promise.all([all.until(count), some.until(1)])
    assert.deepEqual(kinds(all.heard), everyKind)
    assert.deepEqual(await take(registry.events(), count), all.heard)
    assert.deepEqual(some.heard, all.heard.slice(0, 1))
    const [created, published] = all.heard
    assert.ok(created?.kind === 'artifact.created')
    assert.deepEqual(created, {
      sequence: created.sequence,
      at: new Date(clock.now()),
      kind: 'artifact.created',
      artifactId: created.artifactId,
      type: 'persona',
      orgId: 'acme',
      slug: 'ada-the-reviewer',
      version: '1.0.0',
      by: 'system:library',
    })
    assert.equal(published?.kind === 'version.published' && published.version, '1.0.0')
    const collection = all.heard.find(({ kind }) => kind === 'collection.updated')
    assert.ok(collection?.kind === 'collection.updated')
    assert.deepEqual(Object.keys(collection).sort(), ['at', 'by', 'collectionId', 'kind', 'sequence'])
    assert.equal(new Set(all.heard.map(({ sequence }) => sequence)).size, count)
    assert.deepEqual(world.errors, [])
  })

  test('begin for a listener with what comes after it, and end with it', async () => {
    await using world = await open()
    const { registry } = world
    const [first, second, third] = [hearing(), hearing(), hearing()]
    const end = registry.on('*', first.listen)
    await world.create({ name: 'a' })
    registry.on('artifact.created', second.listen)
    const endThird = registry.on('*', third.listen)
    endThird()
    await world.create({ name: 'b' })
    await Promise.all([first.until(2), second.until(1)])
    end()
    end()
    await world.create({ name: 'c' })
    await second.until(2)
    const slugs = (events: readonly RegistryEvent[]) => events.map((event) => 'slug' in event && event.slug)
    assert.deepEqual([first.heard, second.heard, third.heard].map(slugs), [['a', 'b'], ['b', 'c'], []])
  })

  test('come once to who wants one alone', async () => {
    await using world = await open()
    const { registry } = world
    const [one, all] = [hearing(), hearing()]
    registry.once('artifact.created', one.listen)
    const never = registry.once('artifact.created', () => assert.fail('it was ended before'))
    never()
    registry.on('*', all.listen)
    await world.create()
    await world.create()
    await Promise.all([all.until(2), one.until(1)])
    assert.equal(one.heard.length, 1)
    assert.deepEqual(one.heard[0], all.heard[0])
  })

  test('of a transaction come with its commit, and not at all after its rollback', async () => {
    await using world = await open()
    const { backend, registry } = world
    const all = hearing()
    const inTransaction = async (name: string, commits: boolean): Promise<void> => {
      const begun = await backend.beginTransaction()
      assert.ok(begun.ok)
      // Who begins to listen within one hears of what is committed all the same.
      if (commits) registry.on('*', all.listen)
      await world.create({ name })
      await world.create({ name })
      assert.deepEqual(all.heard, [])
      assert.ok((await (commits ? begun.value.commit() : begun.value.rollback())).ok)
    }
    await inTransaction('rolled back', false)
    await inTransaction('committed', true)
    await world.create({ name: 'after' })
    await all.until(3)
    assert.deepEqual(
      all.heard.map((event) => 'slug' in event && event.slug),
      ['committed', 'committed-2', 'after'],
    )
    assert.deepEqual(await take(registry.events(), 3), all.heard)
  })

  test('are read from a sequence number on: nothing missed, nothing twice, while many write', async () => {
    await using world = await open()
    const { registry } = world
    const writers = Promise.all(
      Array.from({ length: 4 }, async (_, writer) => {
        for (let n = 0; n < 5; n++) await world.create({ name: `w${writer} n${n}` })
      }),
    )
    const seen: RegistryEvent[] = []
    // Read in pieces, each by a reader that knows of the last one nothing but the number.
    let from: string | number = 0
    for (const piece of [1, 7, 2, 5, 5]) {
      const events = await take(registry.events({ from }), piece)
      seen.push(...events)
      from = String(events.at(-1)?.sequence)
    }
    await writers
    assert.deepEqual(seen, await take(registry.events(), 20))
    assert.equal(new Set(seen.map((event) => 'artifactId' in event && event.artifactId)).size, 20)
    assert.deepEqual(await take(registry.events({ from: Number(seen[18]?.sequence) }), 1), seen.slice(19))
  })

  test('end by a signal, by who reads them, and at once while they wait', async () => {
    await using world = await open()
    const { registry } = world
    await world.create()
    const ending = new AbortController()
    const seen: RegistryEvent[] = []
    const reading = (async () => {
      for await (const event of registry.events({ signal: ending.signal })) {
        seen.push(event)
        ending.abort()
      }
    })()
    await reading
    assert.equal(seen.length, 1)
    for await (const event of registry.events()) {
      assert.deepEqual(event, seen[0])
      break
    }
    const waiting = registry.events({ from: String(seen[0]?.sequence) })
    const next = waiting.next()
    assert.deepEqual(await waiting.return(), { done: true, value: undefined })
    assert.deepEqual(await next, { done: true, value: undefined })
    const thrown = registry.events()
    await thrown.next()
    await assert.rejects(thrown.throw(new Error('mine')), /mine/)
    {
      await using disposed = registry.events()
      await disposed.next()
    }
  })

  test('end as UNAVAILABLE with the connection, for who waits and for who asks later, and are read anew after the next', async () => {
    await using world = await open()
    const { registry, backend } = world
    await world.create({ name: 'a' })
    const waiting = registry.events()
    const behind = registry.events()
    const later = registry.events()
    const unbegun = registry.events()
    await Promise.all([waiting.next(), later.next()])
    const unavailable = (error: unknown): boolean => isRegistryError(error, 'UNAVAILABLE')
    const next = assert.rejects(waiting.next(), unavailable)
    const racing = (async () => {
      let count = 0
      for await (const _ of behind) count += 1
      return count
    })()
    await Promise.all([next, assert.rejects(racing, unavailable), backend.disconnect()])
    for (const reader of [later, unbegun]) await assert.rejects(reader.next(), unavailable)
    assert.ok((await backend.connect()).ok)
    // What has ended stays so.
    for (const reader of [waiting, behind, later, unbegun])
      assert.deepEqual(await reader.next(), { done: true, value: undefined })
    await world.create({ name: 'b' })
    const [again] = await take(registry.events(), 1)
    assert.equal(again?.kind === 'artifact.created' && again.slug, 'b')
  })

  test('want a kind that there is, a function, and a number of this store', async () => {
    await using world = await open()
    const { registry } = world
    const invalid = (field: string) => (error: unknown) =>
      isRegistryError(error, 'VALIDATION') && error.field === field
    assert.throws(() => registry.on('artifact.painted' as never, () => {}), invalid('kind'))
    assert.throws(() => registry.on('tag.moved' as never, () => {}), invalid('kind'))
    assert.throws(() => registry.on('*', 'listener' as never), invalid('listener'))
    for (const from of [-1, 0.5, {}, 'x'.repeat(300)])
      assert.throws(() => registry.events({ from: from as never }), invalid('from'))
    await assert.rejects(registry.events({ from: 'noise' }).next(), invalid('from'))
  })
})

test('events go on behind a kept number after a restart', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lading-events-'))
  try {
    const open = async () => {
      const backend = new SQLiteBackend({ filename: folder, jobs: false })
      assert.ok((await backend.connect()).ok)
      return { backend, registry: new RegistryManager(backend) }
    }
    const before = await open()
    for (const name of ['a', 'b', 'c']) await before.registry.create({ ...usual, name })
    const all = await take(before.registry.events(), 3)
    const waiting = before.registry.events({ from: String(all[2]?.sequence) }).next()
    const ended = assert.rejects(waiting, (error) => isRegistryError(error, 'UNAVAILABLE'))
    await before.backend.disconnect()
    await ended
    const after = await open()
    const reading = after.registry.events({ from: String(all[1]?.sequence) })
    await after.registry.create({ ...usual, name: 'd' })
    const rest = await take(reading, 2)
    assert.deepEqual(rest[0], all[2])
    assert.equal(rest[1]?.kind === 'artifact.created' && rest[1].slug, 'd')
    await after.backend.disconnect()
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('a listener waits for a connection, and goes on with the next one', async () => {
  const backend = new MemoryBackend({ jobs: false })
  const errors: unknown[] = []
  const registry = new RegistryManager(backend, undefined, undefined, {
    onError: (error) => errors.push(error),
  })
  const all = hearing()
  registry.on('*', all.listen)
  await backend.connect()
  await registry.create({ ...usual, name: 'a' })
  await all.until(1)
  await backend.disconnect()
  await backend.connect()
  await registry.create({ ...usual, name: 'b' })
  await all.until(2)
  assert.deepEqual(
    all.heard.map((event) => 'slug' in event && event.slug),
    ['a', 'b'],
  )
  assert.deepEqual(errors, [])
  await backend.disconnect()
})

test('what listeners throw reaches the hook, and neither the registry nor other listeners', async () => {
  await using world = await inMemory()
  const { registry, errors } = world
  const all = hearing()
  registry.on('artifact.created', () => {
    throw new Error('at once')
  })
  registry.on('artifact.created', async () => {
    throw new Error('later')
  })
  registry.on('*', all.listen)
  await world.create()
  await world.create()
  await all.until(2)
  while (errors.length < 4) await new Promise(setImmediate)
  assert.deepEqual(errors.map((error) => (error as Error).message).sort(), [
    'at once',
    'at once',
    'later',
    'later',
  ])
})

test('where nobody is named what listeners throw is a warning of the process', async () => {
  const backend = new MemoryBackend({ jobs: false })
  await backend.connect()
  const registry = new RegistryManager(backend)
  const warned = mock.method(process, 'emitWarning', () => {})
  try {
    const all = hearing()
    registry.on('*', () => {
      throw new Error('of mine')
    })
    registry.on('*', () => {
      throw 'text'
    })
    registry.on('*', all.listen)
    await registry.create(usual)
    await all.until(1)
    while (warned.mock.callCount() < 2) await new Promise(setImmediate)
    const told = warned.mock.calls.map(({ arguments: [warning] }) => String(warning))
    assert.deepEqual(told.sort(), ['Error: of mine', 'text'])
  } finally {
    warned.mock.restore()
    await backend.disconnect()
  }
})

test('a log that cannot be read is told of and read again: nothing is missed', async () => {
  mock.timers.enable({ apis: ['setTimeout'] })
  try {
    const fault = faultyStore()
    await using world = await inMemory({ wrap: { store: fault.wrap } })
    const { registry, errors } = world
    const all = hearing()
    registry.on('*', all.listen)
    await world.create({ name: 'a' })
    await all.until(1)
    const failed = Promise.withResolvers<void>()
    fault.before = (call) => {
      if (call !== 'tail') return
      failed.resolve()
      throw new Error('the cable is out')
    }
    await world.create({ name: 'b' })
    await failed.promise
    while (errors.length === 0) await new Promise(setImmediate)
    fault.heal()
    await world.create({ name: 'c' })
    mock.timers.tick(1_000)
    await all.until(3)
    assert.deepEqual(
      all.heard.map((event) => 'slug' in event && event.slug),
      ['a', 'b', 'c'],
    )
    assert.ok(isRegistryError(errors[0], 'INTERNAL'))
  } finally {
    mock.timers.reset()
  }
})

test('a log whose end cannot be told is asked for it again', async () => {
  mock.timers.enable({ apis: ['setTimeout'] })
  try {
    const fault = faultyStore()
    await using world = await inMemory({ wrap: { store: fault.wrap } })
    const { registry, errors } = world
    const all = hearing()
    fault.before = (call) => {
      if (call === 'last') throw new Error('the cable is out')
    }
    await world.create({ name: 'before' })
    registry.on('*', all.listen)
    while (errors.length === 0) await new Promise(setImmediate)
    fault.heal()
    const asked = Promise.withResolvers<void>()
    fault.before = (call) => {
      if (call === 'tail') asked.resolve()
    }
    mock.timers.tick(1_000)
    await asked.promise
    await world.create({ name: 'after' })
    await all.until(1)
    assert.equal(all.heard[0]?.kind === 'artifact.created' && all.heard[0].slug, 'after')
  } finally {
    mock.timers.reset()
  }
})
