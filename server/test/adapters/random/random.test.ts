import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cryptoRandom } from '../../../src/adapters/random/crypto/crypto-random.ts'
import { seededRandom } from '../../../src/adapters/random/seeded/seeded-random.ts'

const engines = { crypto: cryptoRandom, seeded: seededRandom(7) }

for (const [engine, random] of Object.entries(engines)) {
  test(`${engine}: bytes have the length asked for and every value`, () => {
    assert.equal(random.bytes(0).length, 0)
    const bytes = random.bytes(20_000)
    assert.equal(bytes.length, 20_000)
    assert.equal(new Set(bytes).size, 256)
  })

  test(`${engine}: a uuid is of version 4 and not given twice`, () => {
    const uuids = Array.from({ length: 2000 }, () => random.uuid())
    assert.equal(new Set(uuids).size, 2000)
    for (const uuid of uuids) {
      assert.match(uuid, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    }
  })

  test(`${engine}: int answers every whole number below, about equally often, and no other`, () => {
    const counts = new Map<number, number>()
    for (let n = 0; n < 6000; n += 1) {
      const drawn = random.int(6)
      counts.set(drawn, (counts.get(drawn) ?? 0) + 1)
    }
    assert.deepEqual([...counts.keys()].sort(), [0, 1, 2, 3, 4, 5])
    for (const count of counts.values()) assert.ok(count > 700 && count < 1300, `${count} of 6000`)
    assert.equal(random.int(1), 0)
    assert.throws(() => random.int(0), RangeError)
  })
}

test('one seed is one run, and another seed another', () => {
  const run = (seed: number): unknown[] => {
    const random = seededRandom(seed)
    return [random.uuid(), Buffer.from(random.bytes(8)).toString('hex'), random.int(1_000_000)]
  }
  assert.deepEqual(run(1), run(1))
  assert.notDeepEqual(run(1), run(2))
})
