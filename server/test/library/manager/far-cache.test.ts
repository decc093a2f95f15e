import assert from 'node:assert/strict'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { DiskCache } from '../../../src/library/engines/disk-cache.ts'
import { MemcachedCache } from '../../../src/library/engines/memcached-cache.ts'
import { MemoryCache } from '../../../src/library/engines/memory-cache.ts'
import { RedisCache } from '../../../src/library/engines/redis-cache.ts'
import { tieredCache } from '../../../src/library/engines/tiered-cache.ts'
import type { RegistryManager } from '../../../src/library/registry-manager.ts'
import { until } from '../../kit/until.ts'
import { openProcesses } from './processes.ts'
import { usual } from './world.ts'

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

/** A machine that is busy is no reason to answer without it. */
const onDisk = (folder: string): DiskCache => new DiskCache({ folder, timeout: 10_000 })

const keptFiles = async (folder: string): Promise<number> => {
  const all = await readdir(folder, { recursive: true, withFileTypes: true })
  return all.filter((file) => file.isFile() && !file.name.endsWith('.part')).length
}

test('what one process has read, one that starts later finds without reading it', async () => {
  await using world = await openProcesses()
  const folder = join(world.folder, 'cache')
  await using first = await world.start(onDisk(folder))
  const { id } = await first.registry.create({ ...usual, tags: ['a'], skills: ['s'], ast: { a: [1] } })
  await first.registry.create({ ...usual, name: 'other', tags: ['a'] })
  await first.registry.incrementDownloads(id)
  const answers = await askAll(first.registry, id)
  await until(async () => (await keptFiles(folder)) >= 6)
  const cache = onDisk(folder)
  await using second = await world.start(cache)
  const before = second.reads()
  assert.deepEqual(await askAll(second.registry, id), answers)
  assert.equal(second.reads(), before)
  const [disk] = cache.tiers()
  assert.ok(disk !== undefined && disk.hits >= 6 && disk.forged === 0, JSON.stringify(disk))
})

test('no process is given what another one has changed', async () => {
  await using world = await openProcesses()
  const folder = join(world.folder, 'cache')
  await using one = await world.start(onDisk(folder))
  await using other = await world.start(onDisk(folder))
  const { id } = await one.registry.create({ ...usual, metadata: { n: 0 } })
  for (let n = 1; n <= 30; n++) {
    const [writer, reader] = n % 2 === 0 ? [one, other] : [other, one]
    await writer.registry.update(id, { metadata: { n } })
    for (const { registry } of [reader, writer]) assert.deepEqual((await registry.read(id)).metadata, { n })
    await using late = await world.start(onDisk(folder))
    assert.deepEqual((await late.registry.read(id)).metadata, { n })
  }
})

test('a registry of another key does not believe what stands there', async () => {
  await using world = await openProcesses()
  await using foreign = await openProcesses()
  const folder = join(world.folder, 'cache')
  await using one = await world.start(onDisk(folder))
  await one.registry.create({ ...usual, tags: ['ours'] })
  assert.deepEqual(await one.registry.getTags(), ['ours'])
  await until(async () => (await keptFiles(folder)) > 0)
  const cache = onDisk(folder)
  await using two = await foreign.start(cache)
  assert.deepEqual(await two.registry.getTags(), [])
  assert.equal(cache.tiers()[0]?.forged, 1)
})

test('tiers that cannot be opened or reached make nothing fail', async () => {
  await using world = await openProcesses()
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
  await using world = await openProcesses()
  await using one = await world.start(onDisk(join(world.folder, 'cache')))
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
  for (const wrong of [{ prefix: '' }, { ca: 'own' }, { url: 'rediss://127.0.0.1?tls=false' }])
    assert.throws(() => new RedisCache({ url: 'redis://127.0.0.1', ...wrong }), RangeError)
  for (const servers of [[], [''], ['a b:1'], ['a:1,b:2']])
    assert.throws(() => new MemcachedCache({ servers }), RangeError)
  assert.throws(() => tieredCache([]), TypeError)
  assert.throws(() => tieredCache([new MemoryCache(), new MemoryCache()]), TypeError)
})
