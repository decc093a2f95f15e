import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FarAnswer } from '../../../src/core/cache/far-answer.ts'
import { readFarAnswer, writeFarAnswer } from '../../../src/core/cache/far-answer-bytes.ts'
import { FarTiers } from '../../../src/core/cache/far-answers.ts'
import type { CachedBytes, TieredCache } from '../../../src/ports/cache/tiered-cache.ts'

type Bytes = Pick<TieredCache, 'get' | 'set'>

/** A cache that a test can hold up. */
class HeldCache implements Bytes {
  readonly values: Map<string, Uint8Array> = new Map()
  readonly order: string[] = []
  writing = 0
  mostWriting = 0
  gate: Promise<void> = Promise.resolve()

  async get(key: string): Promise<CachedBytes | undefined> {
    const bytes = this.values.get(key)
    return bytes === undefined ? undefined : { bytes }
  }

  async set(key: string, bytes: Uint8Array | undefined): Promise<void> {
    this.mostWriting = Math.max(this.mostWriting, ++this.writing)
    await this.gate
    this.writing--
    this.order.push(key)
    if (bytes !== undefined) this.values.set(key, bytes)
  }
}

function opened(options: Partial<ConstructorParameters<typeof FarTiers>[0]> = {}) {
  const cache = new HeldCache()
  const counts: string[] = []
  const far = new FarTiers({
    cache: cache as unknown as TieredCache,
    era: () => 'era 1',
    telemetry: { count: (name, _by, labels) => void counts.push(`${name} ${labels?.['result']}`) },
    ...options,
  })
  return { cache, far, counts }
}

const answer = (value: unknown, mark = 5, era = 'era 1'): FarAnswer => ({
  value,
  bytes: 100,
  mark,
  era,
  hashes: [1, 0xffffffff],
})

test('an answer comes back as it was, whatever plain data it is', async () => {
  const { far, counts } = opened()
  const values: unknown[] = [
    undefined,
    null,
    0,
    -0,
    'text \ud800 \u{1f4e6}',
    12n,
    [1, undefined, 3],
    { a: undefined, b: [{ c: new Date(5) }], __proto: 1 },
    new Map([[{ k: 1 }, new Set(['v'])]]),
    Uint8Array.from([0, 1, 255]),
    { bytes: Uint8Array.from({ length: 70_000 }, (_, at) => at & 0xff) },
  ]
  for (const [n, value] of values.entries()) far.set(`key ${n}`, answer(value, n))
  await far.idle()
  for (const [n, value] of values.entries()) assert.deepEqual(await far.get(`key ${n}`), answer(value, n))
  assert.equal(await far.get('never'), undefined)
  assert.deepEqual(far.stats(), { waiting: 0, kept: values.length, dropped: 0, refused: 0 })
  assert.deepEqual(new Set(counts), new Set(['lading_cache_far_writes_total kept']))
})

test('what would not come back as it was is not kept', async () => {
  const { cache, far } = opened()
  class Shape {
    readonly side = 1
  }
  const deep: { in?: object } = {}
  let inner = deep
  for (let n = 0; n < 100; n++) {
    const next = {}
    inner.in = next
    inner = next
  }
  const values = [() => 1, new Shape(), { a: [new Shape()] }, { [Symbol('s')]: 1 }, new Error('e'), deep, /x/]
  for (const [n, value] of [...values, Object.create(null), Promise.resolve()].entries())
    far.set(`key ${n}`, answer(value))
  await far.idle()
  assert.deepEqual([cache.values.size, far.stats().refused], [0, 9])
})

test('an answer that is too large is not kept, and none that is larger is read', async () => {
  const { cache, far } = opened({ maxAnswerBytes: 1_000 })
  far.set('large', answer('x'.repeat(1_000)))
  far.set('small', answer('x'.repeat(500)))
  await far.idle()
  assert.deepEqual([await far.get('large'), (await far.get('small'))?.mark], [undefined, 5])
  assert.equal(far.stats().refused, 1)
  const [[key = '', bytes = new Uint8Array()] = []] = cache.values
  cache.values.set(key, Buffer.concat([bytes, Buffer.alloc(1_000)]))
  assert.equal(await far.get('small'), undefined)
})

test('answers of another era are never found, and none is kept while there is no era', async () => {
  let era: string | undefined = 'one'
  const { cache, far } = opened({ era: () => era })
  far.set('key', answer('of one', 5, 'one'))
  await far.idle()
  era = 'two'
  assert.equal(await far.get('key'), undefined)
  far.set('key', answer('of two', 5, 'two'))
  await far.idle()
  assert.equal((await far.get('key'))?.value, 'of two')
  era = undefined
  assert.equal(await far.get('key'), undefined)
  far.set('other', answer('of none', 5, 'two'))
  await far.idle()
  assert.equal(cache.values.size, 2)
  era = 'one'
  assert.equal((await far.get('key'))?.value, 'of one')
  // Whose key was moved to another era's says so itself.
  const [bytes = new Uint8Array()] = cache.values.values()
  assert.equal(readFarAnswer(bytes, 'one')?.value, 'of one')
  assert.equal(readFarAnswer(bytes, 'two'), undefined)
})

test('an era that ends while an answer is looked for makes it void', async () => {
  let era = 'one'
  const { cache, far } = opened({ era: () => era })
  far.set('key', answer('of one', 5, 'one'))
  await far.idle()
  const { get } = cache
  cache.get = async (key) => {
    era = 'two'
    return await get.call(cache, key)
  }
  assert.equal(await far.get('key'), undefined)
})

test('an answer that waits while another era begins is not kept as one of that', async () => {
  let era = 'one'
  const { cache, far } = opened({ era: () => era, writers: 1 })
  const gate = Promise.withResolvers<void>()
  cache.gate = gate.promise
  far.set('slow', answer('of one', 5, 'one'))
  far.set('waits', answer('of one', 5, 'one'))
  await new Promise((resolve) => setImmediate(resolve))
  era = 'two'
  gate.resolve()
  await far.idle()
  assert.deepEqual([await far.get('slow'), await far.get('waits')], [undefined, undefined])
  assert.deepEqual([cache.values.size, far.stats().refused], [1, 1])
  era = 'one'
  assert.equal((await far.get('slow'))?.value, 'of one')
})

test('bytes of another form are no answer', () => {
  const bytes = writeFarAnswer(answer('value', 5, 'era'))
  assert.ok(bytes !== undefined)
  for (const wrong of [new Uint8Array(0), Buffer.from('text'), bytes.subarray(0, 20), bytes.subarray(1)])
    assert.equal(readFarAnswer(wrong, 'era'), undefined)
})

test('nobody waits: so many are kept at once, so many wait, and more are dropped and counted', async () => {
  const { cache, far, counts } = opened({ maxWaiting: 3, writers: 2 })
  const gate = Promise.withResolvers<void>()
  cache.gate = gate.promise
  far.set('key 0', answer(0))
  far.set('key 1', answer(1))
  await new Promise((resolve) => setImmediate(resolve))
  for (let n = 2; n < 8; n++) far.set(`key ${n}`, answer(n))
  assert.deepEqual(far.stats(), { waiting: 5, kept: 0, dropped: 3, refused: 0 })
  gate.resolve()
  await far.idle()
  assert.deepEqual([cache.mostWriting, cache.values.size], [2, 5])
  assert.equal(counts.filter((count) => count.endsWith('dropped')).length, 3)
})

test('of one key the newest stays, and is written after the one before it', async () => {
  const { cache, far } = opened({ writers: 4 })
  const gate = Promise.withResolvers<void>()
  cache.gate = gate.promise
  far.set('key', answer('first', 1))
  await new Promise((resolve) => setImmediate(resolve))
  far.set('key', answer('second', 2))
  far.set('key', answer('third', 3))
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(cache.writing, 1)
  gate.resolve()
  await far.idle()
  assert.deepEqual([(await far.get('key'))?.value, cache.order.length], ['third', 2])
})
