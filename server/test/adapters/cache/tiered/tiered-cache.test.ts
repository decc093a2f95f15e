import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openTieredCache } from '../../../../src/adapters/cache/tiered/open-tiered-cache.ts'
import { FakeTier } from './fake-tier.ts'
import { bytes, farTtlMs, memoryTtlMs, openWorld, secret, settled, text } from './world.ts'

test('what is put in is in every tier, each for its time, and is found in the nearest', async () => {
  const { cache, clock, far, reports } = openWorld()
  assert.equal(await cache.get('key'), undefined)
  await cache.set('key', bytes('value'))
  assert.equal(text(await cache.get('key')), 'value')
  assert.deepEqual([...far.ttls.values()], [farTtlMs])
  assert.deepEqual(far.calls, ['get', 'set'])
  await clock.advance(memoryTtlMs)
  assert.equal(text(await cache.get('key')), 'value')
  assert.deepEqual(far.calls, ['get', 'set', 'get'])
  const [near, remote] = reports()
  assert.deepEqual([near.hits, near.misses, remote.hits, remote.misses], [1, 2, 1, 1])
  assert.deepEqual([near.hitRate, remote.hitRate], [1 / 3, 1 / 2])
})

test('what is found further away comes nearer, for what is left of its time', async () => {
  const { cache, clock, far, other } = openWorld()
  await other().set('key', bytes('value'))
  await clock.advance(farTtlMs - 1_000)
  assert.equal(text(await cache.get('key')), 'value')
  far.mood = 'down'
  await clock.advance(999)
  assert.equal(text(await cache.get('key')), 'value')
  await clock.advance(1)
  assert.equal(await cache.get('key'), undefined)
})

test('a tier that keeps things for too long is not believed', async () => {
  const { cache, clock, other, reports } = openWorld()
  await other().set('key', bytes('value'))
  await clock.advance(farTtlMs)
  assert.equal(await cache.get('key'), undefined)
  assert.deepEqual([reports()[1].misses, reports()[1].forged], [1, 0])
})

test('that there is nothing is an answer too, for its own time', async () => {
  const { cache, clock } = openWorld({ nothingTtlMs: 10_000 })
  let reads = 0
  const read = async (): Promise<undefined> => {
    reads++
  }
  for (let n = 0; n < 3; n++) assert.equal(await cache.load('none', read), undefined)
  assert.deepEqual([reads, await cache.get('none')], [1, { bytes: undefined }])
  await clock.advance(10_000)
  assert.equal(await cache.get('none'), undefined)
  await cache.load('none', read)
  assert.equal(reads, 2)
})

test('however many ask at once, one reads; a failure is told to all of them and is not kept', async () => {
  const { cache, far } = openWorld()
  let reads = 0
  const ask = (answer: () => Promise<Uint8Array>) =>
    Promise.allSettled(
      Array.from({ length: 10 }, () =>
        cache.load('key', () => {
          reads++
          return answer()
        }),
      ),
    )
  const failed = await ask(() => Promise.reject(new Error('no store')))
  assert.deepEqual([reads, new Set(failed.map(({ status }) => status))], [1, new Set(['rejected'])])
  const read = await ask(async () => bytes('value'))
  assert.deepEqual(
    [reads, new Set(read.map((end) => end.status === 'fulfilled' && text(end.value)))],
    [2, new Set(['value'])],
  )
  assert.deepEqual(far.calls, ['get', 'get', 'set'])
})

test('what was read before a change is for those who asked before it, and is kept by nobody', async () => {
  for (const change of ['delete', 'set', 'clear'] as const) {
    const { cache, far } = openWorld()
    const gate = Promise.withResolvers<Uint8Array>()
    const early = cache.load('key', () => gate.promise)
    await settled()
    if (change === 'delete') await cache.delete(['key'])
    if (change === 'set') await cache.set('key', bytes('new'))
    if (change === 'clear') await cache.clear()
    const late = cache.load('key', async () => bytes('new'))
    gate.resolve(bytes('old'))
    assert.deepEqual([text(await early), text(await late)], ['old', 'new'], change)
    await settled()
    assert.equal(text(await cache.get('key')), 'new', change)
    assert.equal(far.values.size, 1)
  }
})

test('a look-up that a change overtakes brings nothing nearer', async () => {
  const { cache, far, memory, other } = openWorld()
  await other().set('key', bytes('old'))
  far.mood = 'hang'
  const early = cache.get('key')
  await settled()
  const deleting = cache.delete(['key'])
  await settled()
  far.release()
  assert.equal(text(await early), 'old')
  await deleting
  assert.equal(await memory.get('key', new AbortController().signal), undefined)
  assert.equal(await cache.get('key'), undefined)
})

test('what others change goes out of the nearer tiers; where that may have been missed, all of it', async () => {
  const { cache, far, other } = openWorld()
  for (const key of ['a', 'b', 'c']) await cache.set(key, bytes('first'))
  await other().set('a', bytes('second'))
  assert.equal(text(await cache.get('a')), 'first')
  far.told(['a'])
  assert.equal(text(await cache.get('a')), 'second')
  await other().set('b', bytes('second'))
  await other().delete(['c'])
  far.told('any')
  assert.deepEqual([text(await cache.get('b')), await cache.get('c')], ['second', undefined])
  await cache.close()
  assert.doesNotThrow(() => far.told('any'))
})

test('forged, changed and exchanged values are misses, are counted, and go', async () => {
  const { cache, far, other, reports } = openWorld()
  await other().set('one', bytes('one'))
  await other().set('two', bytes('two'))
  const one = far.values.get('one') as Uint8Array
  far.values.set('two', one)
  const changed = Uint8Array.from(one)
  changed[changed.length - 1] = 0
  far.values.set('one', changed)
  far.values.set('three', Buffer.from('not sealed at all'))
  far.values.set('four', new Uint8Array(0))
  const foreign = openTieredCache({
    tiers: [{ tier: far }],
    clock: openWorld().clock,
    secret: Buffer.alloc(32, 9),
  })
  await foreign.set('five', bytes('five'))
  for (const key of ['one', 'two', 'three', 'four', 'five'])
    assert.equal(await cache.get(key), undefined, key)
  const [, remote] = reports()
  assert.deepEqual([remote.forged, remote.hits, remote.isOpen], [5, 0, false])
  await settled()
  assert.equal(far.values.size, 0)
})

test('warming loads what is not there, some at a time', async () => {
  const { cache } = openWorld({ warmAtOnce: 3 })
  await cache.set('key 0', bytes('0'))
  let [reading, most] = [0, 0]
  const warmed = await cache.warm(
    Array.from({ length: 10 }, (_, n) => `key ${n}`),
    async (key) => {
      most = Math.max(most, ++reading)
      await settled()
      reading--
      return bytes(key.slice(4))
    },
  )
  assert.deepEqual([warmed, most], [{ loaded: 9, cached: 1 }, 3])
  for (let n = 0; n < 10; n++) assert.equal(text(await cache.get(`key ${n}`)), String(n))
  await assert.rejects(
    cache.warm(['more'], () => Promise.reject(new Error('no store'))),
    /no store/,
  )
})

test('three tiers: what is found in the last one is then in all', async () => {
  const tiers = [new FakeTier('disk'), new FakeTier('redis'), new FakeTier('memcached')]
  const { clock } = openWorld()
  const places = tiers.map((tier, at) => ({ tier, ttlMs: 1_000 * (at + 1) }))
  const cache = openTieredCache({ tiers: places, clock, secret })
  await cache.set('key', bytes('value'))
  assert.deepEqual(
    tiers.map((tier) => tier.ttls.get('key')),
    [1_000, 2_000, 3_000],
  )
  await clock.advance(500)
  tiers[0]?.values.clear()
  tiers[1]?.values.clear()
  assert.equal(text(await cache.get('key')), 'value')
  assert.deepEqual(
    tiers.map((tier) => [tier.values.size, tier.ttls.get('key')]),
    [
      [1, 1_000],
      [1, 2_000],
      [1, 3_000],
    ],
  )
  await cache.delete(['key'])
  assert.deepEqual(
    tiers.map(({ values }) => values.size),
    [0, 0, 0],
  )
})

test('bounds that are no whole numbers of at least 1 are refused', () => {
  for (const name of [
    'nothingTtlMs',
    'warmAtOnce',
    'timeoutMs',
    'writeTimeoutMs',
    'failures',
    'pauseMs',
    'maxOwed',
  ])
    for (const wrong of [0, -1, 1.5, Number.NaN])
      assert.throws(() => openWorld({ [name]: wrong }), RangeError, name)
})
