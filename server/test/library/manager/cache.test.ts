import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openMemoryCache } from '../../../src/adapters/cache/memory/open-memory-cache.ts'
import { seededRandom } from '../../../src/adapters/random/seeded/seeded-random.ts'
import { MemoryBackend } from '../../../src/library/memory-backend.ts'
import { RegistryManager } from '../../../src/library/registry-manager.ts'
import type { Cache } from '../../../src/ports/cache/cache.ts'
import type { Store } from '../../../src/ports/store/store.ts'
import { faultyStore } from '../../kit/faulty-store.ts'
import { failure, inMemory, onEachBackend, openWorld, usual } from './world.ts'

const tierOf = (maxBytes = 1_000_000): Cache => openMemoryCache({ maxBytes })

/** A store that counts what is read of it. */
function counting(): { reads: number; readonly wrap: (store: Store) => Store } {
  const fault = faultyStore()
  const counter = { reads: 0, wrap: fault.wrap }
  fault.before = (call) => {
    if (call !== 'commit' && call !== 'tail') counter.reads += 1
  }
  return counter
}

test('what is read again comes out of the cache, and reads no store', async () => {
  const counter = counting()
  const tier = tierOf()
  await using world = await inMemory({ tier, wrap: { store: counter.wrap } })
  const { registry } = world
  const { id, slug } = await world.create({ tags: ['a'], skills: ['s'], ast: { a: 1 } })
  const other = await world.create({ tags: ['a'] })
  await registry.incrementDownloads(other.id)
  const ask = async () => [
    await registry.read(id),
    await registry.readBySlug('acme', slug),
    await registry.getTags({ counts: true }),
    await registry.getSkills(),
    await registry.getTrending(),
    await registry.getRelated(id),
  ]
  const first = await ask()
  const before = counter.reads
  assert.deepEqual(await ask(), first)
  assert.equal(counter.reads, before)
  assert.ok(tier.stats().entries >= 6)
})

test('nothing is answered from before a change that is done: every read after every change', async () => {
  const tier = tierOf()
  await using cached = await inMemory({ tier })
  const { registry, backend } = cached
  const plain = new RegistryManager(backend)
  const random = seededRandom(7)
  const ids: string[] = []
  for (let n = 0; n < 4; n++)
    ids.push((await cached.create({ name: `n${n}`, tags: ['a'], version: '1.0.0', published: true })).id)
  const collection = await registry.collections.create({ name: 'x' })
  const of = (): string => ids[random.int(ids.length)] as string
  const changes: (() => Promise<unknown>)[] = [
    () => registry.update(of(), { tags: [['a', 'b', 'c'][random.int(3)] as string] }),
    () => plain.update(of(), { name: `name ${random.int(9)}` }),
    () => registry.publish(of(), `1.${random.int(5)}.0`),
    () => registry.rollback(of(), '1.0.0'),
    () => registry.deprecate(of(), '1.0.0', 'old'),
    () => registry.incrementDownloads(of()),
    () => plain.star(of(), `u${random.int(3)}`),
    () => registry.delete(of()),
    () => plain.restore(of()),
    () => registry.collections.addArtifact(collection.id, of()),
    async () => {
      const at = random.int(ids.length)
      await registry.purge(ids[at] as string)
      ids[at] = (await cached.create({ name: `n${at}`, slug: `n${at}`, tags: ['a'] })).id
    },
  ]
  const told = async (of: RegistryManager): Promise<unknown[]> => {
    const answers: unknown[] = [
      await of.getTags({ counts: true }),
      (await of.getTrending()).map(({ id, version, downloads }) => [id, version, downloads]),
    ]
    for (const [n, id] of ids.entries()) {
      answers.push(await of.read(id).catch((error: Error) => error.name))
      answers.push(await of.readBySlug('acme', `n${n}`).catch((error: Error) => error.name))
      answers.push(await of.getRelated(id).catch((error: Error) => error.name))
    }
    return answers
  }
  for (let turn = 0; turn < 60; turn++) {
    const change = changes[random.int(changes.length)] as () => Promise<unknown>
    await change().catch(() => undefined)
    assert.deepEqual(await told(registry), await told(plain), `turn ${turn}: ${change}`)
  }
})

test('readers and writers at once: no answer is older than what was told before it was asked for', async () => {
  await using world = await inMemory({ tier: tierOf() })
  const { registry } = world
  const { id } = await world.create({ metadata: { n: 0 } })
  let told = 0
  let isOver = false
  const writer = async (): Promise<void> => {
    for (let n = 1; n <= 40; n++) {
      await registry.update(id, { metadata: { n } })
      told = n
    }
    isOver = true
  }
  const reader = async (): Promise<void> => {
    while (!isOver) {
      const least = told
      const { metadata } = await registry.read(id)
      assert.ok(Number(metadata?.['n']) >= least, `${metadata?.['n']} after ${least} was told`)
      await new Promise(setImmediate)
    }
  }
  await Promise.all([writer(), reader(), reader(), reader()])
})

onEachBackend('the cache of a registry', (open) => {
  test('is neither asked nor filled in a transaction', async () => {
    await using world = await open({ tier: tierOf() })
    const { backend, registry } = world
    const { id } = await world.create({ name: 'before' })
    const outside = await registry.read(id)
    await (async () => {
      const begun = await backend.beginTransaction()
      assert.ok(begun.ok)
      await registry.update(id, { name: 'within' })
      assert.equal((await registry.read(id)).name, 'within')
      assert.ok((await begun.value.rollback()).ok)
    })()
    assert.deepEqual(await registry.read(id), outside)
    await (async () => {
      const begun = await backend.beginTransaction()
      assert.ok(begun.ok)
      await registry.update(id, { name: 'committed' })
      assert.ok((await begun.value.commit()).ok)
    })()
    assert.equal((await registry.read(id)).name, 'committed')
  })
})

test('what was remembered of one connection says nothing of the next, nor of another registry', async () => {
  const tier = tierOf()
  await using one = await inMemory({ tier })
  await using other = await inMemory({ tier })
  const made = await one.create({ tags: ['one'] })
  await other.create({ tags: ['other'] })
  assert.deepEqual(await one.registry.getTags(), ['one'])
  assert.deepEqual(await other.registry.getTags(), ['other'])
  assert.equal(await failure(other.registry.read(made.id)), 'NotFoundError NOT_FOUND')
  await one.backend.disconnect()
  await one.backend.connect()
  assert.deepEqual(await one.registry.getTags(), [])
  await one.registry.create({ ...usual, tags: ['again'] })
  assert.deepEqual(await one.registry.getTags(), ['again'])
})

test('where others change the store too nothing is remembered', async () => {
  const tier = tierOf()
  const shared = (store: Store): Store => ({
    ...faultyStore().wrap(store),
    can: { ...store.can, shared: true },
  })
  await using world = await openWorld((options) => new MemoryBackend(options), {
    tier,
    wrap: { store: shared },
  })
  const { id } = await world.create()
  assert.deepEqual(await world.registry.read(id), await world.registry.read(id))
  assert.equal(tier.stats().entries, 0)
})

test('the cache is bounded by its own bytes', async () => {
  const tier = tierOf(20_000)
  await using world = await inMemory({ tier })
  const ids: string[] = []
  for (let n = 0; n < 10; n++)
    ids.push((await world.create({ name: `n${n}`, sourceCode: 'x'.repeat(3_000) })).id)
  for (const id of ids) await world.registry.read(id)
  const { bytes, entries } = tier.stats()
  assert.ok(bytes <= 20_000 && entries > 0 && entries < 10, JSON.stringify(tier.stats()))
})
