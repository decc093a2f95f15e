import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type DiskTierOptions, openDiskTier } from '../../../../src/adapters/cache/disk/open-disk-tier.ts'
import { ManualClock } from '../../../../src/adapters/clock/manual/manual-clock.ts'
import { cryptoRandom as random } from '../../../../src/adapters/random/crypto/crypto-random.ts'
import type { CacheTier } from '../../../../src/ports/cache/tier.ts'

interface World extends AsyncDisposable {
  readonly folder: string
  readonly clock: ManualClock
  open(options?: Partial<DiskTierOptions>): Promise<CacheTier>
  files(): Promise<string[]>
}

async function openWorld(): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'lading-disk-tier-'))
  const clock = new ManualClock(Date.now())
  return {
    folder,
    clock,
    open: (options = {}) => openDiskTier({ folder, clock, random, ...options }),
    files: async () => {
      const all = await readdir(folder, { recursive: true, withFileTypes: true })
      return all.filter((file) => file.isFile()).map(({ parentPath, name }) => join(parentPath, name))
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  }
}

const noSignal = new AbortController().signal
const long = 60_000

async function kept(tier: CacheTier, keys: readonly string[]): Promise<string[]> {
  const found: string[] = []
  for (const key of keys) if ((await tier.get(key, noSignal)) !== undefined) found.push(key)
  return found
}

test('what is kept outlives the process, and only its owner can read it', async () => {
  await using world = await openWorld()
  const first = await world.open()
  await first.set('key', Buffer.from('value'), long)
  await first.close()
  const [file = ''] = await world.files()
  assert.equal((await stat(file)).mode & 0o777, 0o600)
  const second = await world.open()
  assert.equal(second.stats().entries, 1)
  assert.equal(String(await second.get('key', noSignal)), 'value')
})

test('a file that somebody has made larger than any that is kept is not read, and goes', async () => {
  await using world = await openWorld()
  const tier = await world.open({ maxValueBytes: 1_000 })
  await tier.set('key', Buffer.alloc(1_000, 1), long)
  assert.equal((await tier.get('key', noSignal))?.length, 1_000)
  const [file = ''] = await world.files()
  // As large as no memory is, and all of it a hole.
  await truncate(file, 2 ** 42)
  assert.equal(await tier.get('key', noSignal), undefined)
  assert.deepEqual(await world.files(), [])
  assert.equal(tier.stats().errors, 0)
})

test('a file that was cut at any place, or changed in any byte, is a miss and goes', async () => {
  await using world = await openWorld()
  const tier = await world.open()
  const value = Buffer.from('some value')
  await tier.set('key', value, long)
  const [file = ''] = await world.files()
  const whole = await readFile(file)
  for (let length = 0; length < whole.length; length++) {
    await truncate(file, length)
    assert.equal(await tier.get('key', noSignal), undefined, `cut to ${length}`)
    assert.deepEqual(await world.files(), [])
    await writeFile(file, whole)
  }
  for (let at = 0; at < whole.length; at++) {
    const changed = Buffer.from(whole)
    changed[at] = (changed[at] as number) ^ 1
    await writeFile(file, changed)
    assert.equal(await tier.get('key', noSignal), undefined, `byte ${at} changed`)
    assert.deepEqual(await world.files(), [])
  }
  await writeFile(file, whole)
  assert.deepEqual(await tier.get('key', noSignal), value)
})

test('a file under the name of another key is a miss', async () => {
  await using world = await openWorld()
  const tier = await world.open()
  await tier.set('one', Buffer.from('one'), long)
  const [one = ''] = await world.files()
  await tier.set('other', Buffer.from('other'), long)
  const [other = ''] = (await world.files()).filter((file) => file !== one)
  await writeFile(other, await readFile(one))
  assert.deepEqual(await kept(tier, ['one', 'other']), ['one'])
})

test('there are never more bytes or files than the bounds, and the least recently used go first, also at a start', async () => {
  await using world = await openWorld()
  const tier = await world.open({ maxEntries: 3 })
  for (const key of ['a', 'b', 'c']) await tier.set(key, Buffer.alloc(100), long)
  await tier.get('a', noSignal)
  await tier.set('d', Buffer.alloc(100), long)
  assert.deepEqual(await kept(tier, ['a', 'b', 'c', 'd']), ['a', 'c', 'd'])
  assert.equal((await world.files()).length, 3)
  await tier.close()

  const now = world.clock.now() / 1000
  for (const [n, file] of (await world.files()).sort().entries()) await utimes(file, now - n, now - 60)
  const newest = (await world.files()).sort()[0]
  const bytes = (await stat(newest as string)).size
  const smaller = await world.open({ maxBytes: 2 * bytes - 1 })
  assert.deepEqual(await world.files(), [newest])
  assert.deepEqual([smaller.stats().entries, smaller.stats().bytes], [1, bytes])
  await smaller.set('large', Buffer.alloc(2 * bytes), long)
  assert.deepEqual(await kept(smaller, ['large']), [])
  for (let n = 0; n < 20; n++) await smaller.set(`k${n}`, Buffer.alloc(n), long)
  assert.ok((smaller.stats().bytes ?? Infinity) < 2 * bytes)
  const sizes = await Promise.all((await world.files()).map(async (file) => (await stat(file)).size))
  assert.equal(
    sizes.reduce((sum, size) => sum + size, 0),
    smaller.stats().bytes,
  )
})

test('what is not good any more is removed without being asked for, also what an earlier process wrote', async () => {
  await using world = await openWorld()
  const tier = await world.open({ sweepMs: 1_000, ttlMs: 10_000 })
  await tier.set('short', Buffer.from('1'), 2_000)
  await tier.set('capped', Buffer.from('2'), long)
  await world.clock.advance(5_000)
  await tier.set('new', Buffer.from('3'), long)
  assert.equal((await world.files()).length, 2)
  await world.clock.advance(5_000)
  assert.deepEqual(await kept(tier, ['short', 'capped', 'new']), ['new'])
  await tier.close()
  const again = await world.open({ sweepMs: 1_000, ttlMs: 10_000 })
  await world.clock.advance(60_000)
  await again.set('last', Buffer.from('4'), long)
  assert.equal((await world.files()).length, 1)
})

test('what a writer left half done goes at a start, and nothing that is not of a cache', async () => {
  await using world = await openWorld()
  const tier = await world.open()
  await tier.set('key', Buffer.from('value'), long)
  const [file = ''] = await world.files()
  const [old, fresh, foreign] = [`${file}.a.part`, `${file}.b.part`, join(world.folder, 'notes.txt')]
  for (const path of [old, fresh, foreign]) await writeFile(path, 'half')
  const before = world.clock.now() / 1000 - 120
  await utimes(old, before, before)
  const again = await world.open()
  assert.deepEqual((await world.files()).sort(), [file, fresh, foreign].sort())
  await again.clear()
  assert.deepEqual((await world.files()).sort(), [fresh, foreign].sort())
})

test('a place that cannot be used is an error of each call, until it can be used', async () => {
  await using world = await openWorld()
  const tier = await world.open()
  await rm(world.folder, { recursive: true })
  await writeFile(world.folder, 'no folder')
  await assert.rejects(tier.set('key', Buffer.from('value'), long), { kind: 'unreachable' })
  await assert.rejects(tier.get('key', noSignal), { kind: 'unreachable' })
  await rm(world.folder)
  await tier.set('key', Buffer.from('value'), long)
  assert.deepEqual(await kept(tier, ['key']), ['key'])
})

test('a folder that went is made again', async () => {
  await using world = await openWorld()
  const tier = await world.open()
  await tier.set('key', Buffer.from('value'), long)
  for (const name of await readdir(world.folder)) await rm(join(world.folder, name), { recursive: true })
  assert.deepEqual(await kept(tier, ['key']), [])
  await assert.rejects(tier.set('key', Buffer.from('value'), long), { kind: 'unreachable' })
  await tier.set('key', Buffer.from('value'), long)
  assert.deepEqual(await kept(tier, ['key']), ['key'])
})

test('bounds that are no whole numbers of at least 1 are refused', async () => {
  await using world = await openWorld()
  for (const name of ['maxBytes', 'maxEntries', 'maxValueBytes', 'ttlMs', 'timeoutMs', 'sweepMs'])
    for (const wrong of [0, -1, 1.5, Number.NaN])
      await assert.rejects(world.open({ [name]: wrong }), RangeError)
})
