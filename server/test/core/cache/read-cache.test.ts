import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openMemoryCache } from '../../../src/adapters/cache/memory/open-memory-cache.ts'
import { Generations } from '../../../src/core/cache/generations.ts'
import { ReadCache } from '../../../src/core/cache/read-cache.ts'
import { until } from '../../kit/until.ts'
import { cells } from './world.ts'

function world(maxBytes = 100_000) {
  const generations = new Generations()
  const tier = openMemoryCache({ maxBytes })
  const cache = new ReadCache(tier, generations)
  const change = (id = 'x'): void => generations.bump(generations.bucket(cells.name, [id]))
  return { cache, tier, generations, change }
}

/** A load that ends when told, and counts. */
function source<T>() {
  const loads: PromiseWithResolvers<T>[] = []
  return {
    loads,
    read: async (reads: { row(table: typeof cells, key: readonly string[]): void }) => {
      reads.row(cells, ['x'])
      const load = Promise.withResolvers<T>()
      loads.push(load)
      return { value: await load.promise, bytes: 10 }
    },
  }
}

test('however many ask at once, one loads; later hits are synchronous and load nothing', async () => {
  const { cache } = world()
  const { loads, read } = source<string>()
  const asked = Promise.all(Array.from({ length: 20 }, () => cache.load('k', read)))
  assert.equal(loads.length, 1)
  assert.equal(cache.peek('k'), undefined)
  loads[0]?.resolve('v')
  assert.deepEqual(await asked, Array(20).fill('v'))
  assert.deepEqual(cache.peek('k')?.value, 'v')
  assert.equal(await cache.load('k', read), 'v')
  assert.equal(loads.length, 1)
})

test('what is not believed is read anew, whether it was kept or others have just read it', async () => {
  const { cache } = world()
  const { loads, read } = source<string>()
  const believed = (kept: string): boolean => kept !== 'missing'
  const first = cache.load('k', read, believed)
  const joining = cache.load('k', read, believed)
  loads[0]?.resolve('missing')
  assert.equal(await first, 'missing', 'by its own reading')
  await until(async () => loads.length === 2)
  loads[1]?.resolve('missing')
  assert.equal(await joining, 'missing')
  const again = cache.load('k', read, believed)
  assert.equal(loads.length, 3)
  loads[2]?.resolve('there')
  assert.equal(await again, 'there')
  assert.equal(await cache.load('k', read, believed), 'there')
  assert.equal(loads.length, 3)
})

test('an answer that was made from a whole table is void from any change of the table', async () => {
  const { cache, generations } = world()
  let loads = 0
  const ask = async (): Promise<number> =>
    await cache.load('k', async (reads) => {
      reads.table(cells)
      return { value: ++loads, bytes: 10 }
    })
  assert.deepEqual([await ask(), await ask()], [1, 1])
  generations.bump(generations.tableBucket(cells.name))
  assert.deepEqual([await ask(), await ask()], [2, 2])
})

test('that something is missing is an answer that is kept', async () => {
  const { cache, change } = world()
  const { loads, read } = source<undefined>()
  const first = cache.load('k', read)
  loads[0]?.resolve(undefined)
  assert.equal(await first, undefined)
  assert.equal(cache.peek('k')?.value, undefined)
  assert.ok(cache.peek('k'))
  change()
  assert.equal(cache.peek('k'), undefined)
})

test('an answer is void from the change of one of its rows, and no other', async () => {
  const { cache, change, tier } = world()
  const { loads, read } = source<string>()
  const first = cache.load('k', read)
  loads[0]?.resolve('old')
  await first
  change('y')
  assert.equal(cache.peek('k')?.value, 'old')
  change('x')
  assert.equal(cache.peek('k'), undefined)
  assert.equal(tier.stats().entries, 0)
  const second = cache.load('k', read)
  loads[1]?.resolve('new')
  assert.equal(await second, 'new')
})

test('what was loaded while its row changed is answered to who asked before, and not kept', async () => {
  const { cache, change } = world()
  const { loads, read } = source<string>()
  const before = cache.load('k', read)
  change()
  const joined = cache.load('k', read)
  loads[0]?.resolve('old')
  assert.equal(await before, 'old')
  assert.equal(cache.peek('k'), undefined)
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(loads.length, 2)
  loads[1]?.resolve('new')
  assert.equal(await joined, 'new')
  assert.equal(cache.peek('k')?.value, 'new')
})

test('those who join again after a change load once among them', async () => {
  const { cache, change } = world()
  const { loads, read } = source<string>()
  const before = cache.load('k', read)
  change()
  const joined = Promise.all(Array.from({ length: 10 }, () => cache.load('k', read)))
  loads[0]?.resolve('old')
  await before
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(loads.length, 2)
  loads[1]?.resolve('new')
  assert.deepEqual(await joined, Array(10).fill('new'))
})

test('a failure reaches everybody who waited, and is not kept', async () => {
  const { cache } = world()
  const { loads, read } = source<string>()
  const asked = Promise.allSettled(Array.from({ length: 3 }, () => cache.load('k', read)))
  const failure = new Error('the store is away')
  loads[0]?.reject(failure)
  assert.deepEqual(await asked, Array(3).fill({ status: 'rejected', reason: failure }))
  assert.equal(cache.peek('k'), undefined)
  const again = cache.load('k', read)
  loads[1]?.resolve('v')
  assert.equal(await again, 'v')
})

test('a failure of before a change is none for who came after it', async () => {
  const { cache, change } = world()
  const { loads, read } = source<string>()
  const before = cache.load('k', read)
  change()
  const after = cache.load('k', read)
  loads[0]?.reject(new Error('deleted'))
  await assert.rejects(before, /deleted/)
  await new Promise((resolve) => setImmediate(resolve))
  loads[1]?.resolve('made again')
  assert.equal(await after, 'made again')
})

test('what is kept is bounded by bytes, with what an entry costs by itself', async () => {
  const { cache, tier } = world(10_000)
  for (let n = 0; n < 500; n++) {
    await cache.load(`k${n}`, async (reads) => {
      reads.row(cells, [`${n}`])
      return { value: n, bytes: 100 }
    })
  }
  const { bytes, entries } = tier.stats()
  assert.ok(bytes <= 10_000 && entries >= 10 && entries < 50, `${entries} entries of ${bytes} bytes`)
  assert.equal(cache.peek('k499')?.value, 499)
  assert.equal(cache.peek('k0'), undefined)
  await cache.load('large', async () => ({ value: 'large', bytes: 10_001 }))
  assert.equal(cache.peek('large'), undefined)
})
