import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openMemoryStore } from '../../../src/adapters/store/memory/memory-store.ts'
import { DiskCache } from '../../../src/library/engines/disk-cache.ts'
import type { FarCache } from '../../../src/library/engines/far-cache.ts'
import { MemcachedCache } from '../../../src/library/engines/memcached-cache.ts'
import { MemoryCache } from '../../../src/library/engines/memory-cache.ts'
import { RedisCache } from '../../../src/library/engines/redis-cache.ts'
import { tieredCache } from '../../../src/library/engines/tiered-cache.ts'
import { RegistryManager } from '../../../src/library/registry-manager.ts'
import { unwrap } from '../../../src/library/result.ts'
import { StoreBackend } from '../../../src/library/store-backend.ts'
import type { Store } from '../../../src/ports/store/store.ts'
import { faultyStore } from '../../kit/faulty-store.ts'
import { until } from '../../kit/until.ts'
import { SharedStore } from './shared-store.ts'
import { usual } from './world.ts'

interface Process extends AsyncDisposable {
  readonly registry: RegistryManager
  /** Reads of the store so far. */
  reads(): number
}

interface World extends AsyncDisposable {
  readonly folder: string
  /** Another process over the same store. */
  start(cache?: FarCache): Promise<Process>
}

async function openWorld(): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'lading-far-cache-'))
  let shared: Promise<SharedStore> | undefined
  return {
    folder,
    start: async (cache) => {
      let reads = 0
      const fault = faultyStore()
      fault.before = (call) => {
        if (call !== 'commit' && call !== 'tail') reads += 1
      }
      const backend = new StoreBackend({
        jobs: false,
        store: async (schema): Promise<Store> => {
          shared ??= openMemoryStore(schema, { now: Date.now }).then((store) => new SharedStore(store))
          const own = (await shared).of()
          const { follow } = own
          return { ...fault.wrap(own), ...(follow && { follow }) }
        },
      })
      unwrap(await backend.connect())
      return {
        registry: new RegistryManager(backend, cache),
        reads: () => reads,
        [Symbol.asyncDispose]: async () => {
          unwrap(await backend.disconnect())
          await cache?.close()
        },
      }
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  }
}

/** Everything that a registry remembers. */
async function askAll(registry: RegistryManager, id: string): Promise<unknown[]> {
  return [
    await registry.read(id),
    await registry.readBySlug('acme', 'ada-the-reviewer'),
    await registry.getTags({ counts: true }),
    await registry.getSkills(),
    await registry.getTrending(),
    await registry.getRelated(id),
  ]
}

const keptFiles = async (folder: string): Promise<number> => {
  const all = await readdir(folder, { recursive: true, withFileTypes: true })
  return all.filter((file) => file.isFile() && !file.name.endsWith('.part')).length
}

test('what one process has read, one that starts later finds without reading it', async () => {
  await using world = await openWorld()
  const folder = join(world.folder, 'cache')
  await using first = await world.start(new DiskCache({ folder }))
  const { id } = await first.registry.create({ ...usual, tags: ['a'], skills: ['s'], ast: { a: [1] } })
  await first.registry.create({ ...usual, name: 'other', tags: ['a'] })
  await first.registry.incrementDownloads(id)
  const answers = await askAll(first.registry, id)
  await until(async () => (await keptFiles(folder)) >= 6)
  const cache = new DiskCache({ folder })
  await using second = await world.start(cache)
  const before = second.reads()
  assert.deepEqual(await askAll(second.registry, id), answers)
  assert.equal(second.reads(), before)
  const [disk] = cache.tiers()
  assert.ok(disk !== undefined && disk.hits >= 6 && disk.forged === 0, JSON.stringify(disk))
})

test('no process is given what another one has changed', async () => {
  await using world = await openWorld()
  const folder = join(world.folder, 'cache')
  await using one = await world.start(new DiskCache({ folder }))
  await using other = await world.start(new DiskCache({ folder }))
  const { id } = await one.registry.create({ ...usual, metadata: { n: 0 } })
  for (let n = 1; n <= 30; n++) {
    const [writer, reader] = n % 2 === 0 ? [one, other] : [other, one]
    await writer.registry.update(id, { metadata: { n } })
    for (const { registry } of [reader, writer]) assert.deepEqual((await registry.read(id)).metadata, { n })
    await using late = await world.start(new DiskCache({ folder }))
    assert.deepEqual((await late.registry.read(id)).metadata, { n })
  }
})

test('a registry of another key does not believe what stands there', async () => {
  await using world = await openWorld()
  await using foreign = await openWorld()
  const folder = join(world.folder, 'cache')
  await using one = await world.start(new DiskCache({ folder }))
  await one.registry.create({ ...usual, tags: ['ours'] })
  assert.deepEqual(await one.registry.getTags(), ['ours'])
  await until(async () => (await keptFiles(folder)) > 0)
  const cache = new DiskCache({ folder })
  await using two = await foreign.start(cache)
  assert.deepEqual(await two.registry.getTags(), [])
  assert.equal(cache.tiers()[0]?.forged, 1)
})

test('tiers that cannot be opened or reached make nothing fail', async () => {
  await using world = await openWorld()
  const file = join(world.folder, 'no folder')
  await writeFile(file, '')
  const cache = tieredCache(
    [
      new DiskCache({ folder: file }),
      // Nobody listens there.
      new RedisCache({ url: 'redis://127.0.0.1:1' }),
      new MemcachedCache({ servers: ['127.0.0.1:1'] }),
    ],
    { failures: 1 },
  )
  await using one = await world.start(cache)
  const { id } = await one.registry.create(usual)
  for (let n = 0; n < 3; n++) assert.equal((await one.registry.read(id)).name, usual.name)
  await until(async () => cache.tiers().every(({ isOpen }) => isOpen))
  assert.deepEqual(
    cache.tiers().map(({ name, hits }) => [name, hits]),
    [
      ['disk', 0],
      ['redis', 0],
      ['memcached', 0],
    ],
  )
})

test('warming reads what is asked for most, or what is named, before anybody asks', async () => {
  await using world = await openWorld()
  await using one = await world.start(new DiskCache({ folder: join(world.folder, 'cache') }))
  const { registry } = one
  const ids: string[] = []
  for (let n = 0; n < 12; n++) {
    const { id } = await registry.create({ ...usual, name: `n${n}` })
    ids.push(id)
    for (let times = 0; times < n; times++) await registry.incrementDownloads(id)
  }
  const readsOf = async (chosen: readonly string[]): Promise<number> => {
    const before = one.reads()
    for (const id of chosen) await registry.read(id)
    return one.reads() - before
  }
  assert.deepEqual(await registry.warm({ mostDownloaded: 3 }), { warmed: 3, missing: 0 })
  assert.equal(await readsOf(ids.slice(-3)), 0)
  assert.ok((await readsOf([ids[5] as string])) > 0)
  assert.deepEqual(await registry.warm([...ids, 'none']), { warmed: 12, missing: 1 })
  assert.equal(await readsOf(ids), 0)
  assert.deepEqual(await registry.warm({ mostDownloaded: 1_000 }), { warmed: 12, missing: 0 })
  await assert.rejects(registry.warm({ mostDownloaded: 0 }), { code: 'VALIDATION' })
  await using plain = await world.start()
  await assert.rejects(plain.registry.warm(ids), { code: 'CONFLICT' })
})

test('caches that cannot be are refused when they are made', () => {
  const folder = '/nowhere'
  for (const wrong of [0, -1, 1.5, Number.NaN]) {
    for (const name of ['ttl', 'timeout', 'maxBytes'])
      assert.throws(() => new DiskCache({ folder, [name]: wrong }), RangeError)
    for (const name of ['ttl', 'maxEntries', 'maxBytes'])
      assert.throws(() => new MemoryCache({ [name]: wrong }), RangeError)
    for (const name of ['failures', 'pause'])
      assert.throws(() => tieredCache([new DiskCache({ folder })], { [name]: wrong }), RangeError)
  }
  assert.throws(() => new DiskCache({ folder: '' }), RangeError)
  for (const url of ['http://secret@host', 'secret', ''])
    assert.throws(
      () => new RedisCache({ url }),
      (error: Error) => !error.message.includes('secret'),
    )
  assert.throws(() => new RedisCache({ url: 'redis://127.0.0.1', prefix: '' }), RangeError)
  for (const servers of [[], [''], ['a b:1'], ['a:1,b:2']])
    assert.throws(() => new MemcachedCache({ servers }), RangeError)
  assert.throws(() => tieredCache([]), TypeError)
  assert.throws(() => tieredCache([new MemoryCache(), new MemoryCache()]), TypeError)
})
