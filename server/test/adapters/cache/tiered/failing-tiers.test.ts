import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bounds, bytes, openWorld, settled, text } from './world.ts'

test('a tier that does not answer delays a look-up by its time-out and no more', async () => {
  const { cache, clock, far, reports } = openWorld()
  far.mood = 'hang'
  const asked = clock.monotonic()
  const found = cache.get('key').then((value) => ({ value, at: clock.monotonic() }))
  await clock.advance(bounds.timeoutMs)
  assert.deepEqual(await found, { value: undefined, at: asked + bounds.timeoutMs })
  assert.deepEqual([reports()[1].timeouts, reports()[1].misses], [1, 0])
})

test('one that fails too often is left alone for a while, and then tried by one call', async () => {
  const { cache, clock, far, reports } = openWorld()
  far.mood = 'down'
  for (let n = 0; n < 10; n++) assert.equal(await cache.get(`key ${n}`), undefined)
  assert.equal(far.calls.length, bounds.failures)
  assert.deepEqual([reports()[1].errors, reports()[1].skipped, reports()[1].isOpen], [3, 7, true])
  await clock.advance(bounds.pauseMs)
  await Promise.all([cache.get('a'), cache.get('b'), cache.get('c')])
  assert.equal(far.calls.length, bounds.failures + 1)
  far.mood = 'well'
  await clock.advance(bounds.pauseMs)
  await cache.get('a')
  assert.equal(reports()[1].isOpen, false)
  await Promise.all([cache.get('b'), cache.get('c')])
  assert.equal(far.calls.length, bounds.failures + 4)
})

test('writes that come in time do not hide that look-ups do not', async () => {
  const { cache, clock, far, reports } = openWorld()
  for (let n = 0; n < bounds.failures; n++) {
    far.mood = 'hang'
    const asked = cache.get(`key ${n}`)
    await clock.advance(bounds.timeoutMs)
    await asked
    const kept = cache.set(`key ${n}`, bytes('value'))
    if (n === 0) assert.equal(reports()[1].isOpen, false)
    await clock.advance(bounds.timeoutMs + 1)
    far.release()
    await kept
  }
  assert.equal(reports()[1].isOpen, true)
})

test('writes that take longer than a look-up may do not speak against a tier, nor for one that rests', async () => {
  const { cache, clock, far, reports } = openWorld()
  const keepSlowly = async (key: string): Promise<void> => {
    far.mood = 'hang'
    const kept = cache.set(key, bytes('value'))
    await clock.advance(bounds.timeoutMs + 1)
    far.release()
    await kept
  }
  for (let n = 0; n < 2 * bounds.failures; n++) await keepSlowly(`key ${n}`)
  assert.equal(reports()[1].isOpen, false)
  far.mood = 'down'
  for (let n = 0; n < bounds.failures; n++) await cache.get(`other ${n}`)
  assert.equal(reports()[1].isOpen, true)
  await clock.advance(bounds.pauseMs)
  await keepSlowly('key')
  assert.equal(reports()[1].isOpen, true)
})

test('what is deleted in vain while it is looked for is not found', async () => {
  const { cache, far, other } = openWorld()
  await other().set('key', bytes('old'))
  far.mood = 'hang'
  const found = cache.get('key')
  await settled()
  far.mood = 'down'
  await cache.delete(['key'])
  far.release()
  assert.equal(await found, undefined)
})

test('what could not be deleted is not found again when the tier is back', async () => {
  for (const mood of ['down', 'hang'] as const) {
    const { cache, clock, far } = openWorld()
    await cache.set('key', bytes('old'))
    await cache.set('other', bytes('other'))
    far.mood = mood
    const deleting = cache.delete(['key'])
    await clock.advance(bounds.writeTimeoutMs)
    await deleting
    // It never got there.
    far.mood = 'well'
    assert.ok(far.values.has('key'))
    assert.equal(await cache.get('key'), undefined)
    await settled()
    assert.equal(far.values.has('key'), false)
    assert.equal(text(await cache.get('other')), 'other')
    await cache.set('key', bytes('new'))
    assert.equal(text(await cache.get('key')), 'new')
  }
})

test('a new value that did not get there does not let the old one be found', async () => {
  const { cache, clock, far } = openWorld()
  await cache.set('key', bytes('old'))
  far.mood = 'down'
  await cache.set('key', bytes('new'))
  assert.equal(text(await cache.get('key')), 'new')
  far.mood = 'well'
  await clock.advance(10 * 60_000)
  assert.equal(await cache.get('key'), undefined)
  await settled()
  assert.equal(far.values.size, 0)
})

test('a value that gets there late does not undo that its key was deleted in vain', async () => {
  const { cache, clock, far, other } = openWorld()
  far.before = (call) => {
    if (call === 'delete') far.mood = 'down'
  }
  const sets: (() => void)[] = []
  const { set } = far
  far.set = async (...given) => {
    await new Promise<void>((resolve) => sets.push(resolve))
    await set.apply(far, given)
  }
  const setting = cache.set('key', bytes('old'))
  await cache.delete(['key'])
  far.mood = 'well'
  far.before = () => {}
  for (const go of sets) go()
  await setting
  assert.equal(await cache.get('key'), undefined)
  await settled()
  assert.equal(await other().get('key'), undefined)
  await clock.advance(0)
})

test('where more is owed than can be remembered, the tier forgets everything before it is asked again', async () => {
  const { cache, far } = openWorld({ maxOwed: 5, failures: 100 })
  const keys = Array.from({ length: 8 }, (_, n) => `key ${n}`)
  for (const key of keys) await cache.set(key, bytes('old'))
  far.mood = 'down'
  for (const key of keys) await cache.delete([key])
  far.mood = 'well'
  for (const key of keys) assert.equal(await cache.get(key), undefined)
  await settled()
  assert.equal(far.values.size, 0)
  assert.ok(far.calls.includes('clear'))
  await cache.set('key 1', bytes('new'))
  far.calls.length = 0
  assert.equal(text(await cache.get('key 1')), 'new')
})

test('a clearing that failed is made up for', async () => {
  const { cache, far } = openWorld()
  await cache.set('key', bytes('old'))
  far.mood = 'down'
  await cache.clear()
  far.mood = 'well'
  assert.equal(await cache.get('key'), undefined)
  await settled()
  assert.equal(far.values.size, 0)
})

test('what was owed is made up for while the tier rests: its first try does that', async () => {
  const { cache, clock, far, reports } = openWorld()
  await cache.set('key', bytes('old'))
  far.mood = 'down'
  for (let n = 0; n < bounds.failures; n++) await cache.delete(['key'])
  assert.equal(reports()[1].isOpen, true)
  far.mood = 'well'
  await clock.advance(bounds.pauseMs)
  assert.equal(await cache.get('key'), undefined)
  await settled()
  assert.deepEqual([far.values.size, reports()[1].isOpen], [0, false])
})

test('the operator is told once that a tier fails, and once that it answers again', async () => {
  const said: string[] = []
  const counts = new Map<string, number>()
  const telemetry = {
    warn: (_message: string, fields: { readonly reason?: unknown } = {}) =>
      void said.push(`warn: ${fields.reason}`),
    info: () => void said.push('info'),
    observe: () => {},
    count: (name: string, by = 1, labels: object = {}) => {
      const series = [name, ...Object.values(labels)].join(' ')
      counts.set(series, (counts.get(series) ?? 0) + by)
    },
  }
  const { cache, clock, far } = openWorld({ telemetry })
  far.mood = 'down'
  for (let n = 0; n < 6; n++) await cache.get('key')
  await clock.advance(bounds.pauseMs)
  await cache.get('key')
  far.mood = 'well'
  await clock.advance(bounds.pauseMs)
  await cache.get('key')
  await cache.set('key', bytes('value'))
  await cache.get('key')
  assert.deepEqual(said, ['warn: it is down', 'info'])
  assert.deepEqual(Object.fromEntries(counts), {
    'lading_cache_tier_requests_total memory miss': 8,
    'lading_cache_tier_requests_total redis error': 4,
    'lading_cache_tier_requests_total redis skipped': 3,
    'lading_cache_tier_requests_total redis miss': 1,
    'lading_cache_tier_writes_total memory ok': 1,
    'lading_cache_tier_writes_total redis ok': 1,
    'lading_cache_tier_requests_total memory hit': 1,
  })
})
