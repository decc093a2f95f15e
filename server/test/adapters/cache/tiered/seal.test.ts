import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Seal, sealBytes } from '../../../../src/adapters/cache/tiered/seal.ts'

const seal = new Seal(Buffer.alloc(32, 7))
const value = Buffer.from('some value')

test('what was sealed opens under its key, for its time', () => {
  for (const [key, bytes] of [
    ['key', value],
    ['', Buffer.alloc(0)],
    ['\ud800', undefined],
  ] as const) {
    const sealed = seal.close(key, bytes, 5_000)
    assert.equal(sealed.length, sealBytes + (bytes?.length ?? 0))
    for (const opened of [seal.open({ key, sealed }, 4_000), seal.read({ key, sealed }, 4_000)]) {
      assert.ok(opened.is === 'good')
      assert.equal(opened.leftMs, 1_000)
      assert.deepEqual(opened.found.bytes && Buffer.from(opened.found.bytes), bytes)
    }
    assert.deepEqual(seal.open({ key, sealed }, 5_000), { is: 'over' })
  }
})

test('no byte can be changed, none cut off and none added', () => {
  const sealed = seal.close('key', value, 5_000)
  for (let at = 0; at < sealed.length; at++)
    for (const flip of [1, 0x80]) {
      const changed = Buffer.from(sealed)
      changed[at] = (changed[at] as number) ^ flip
      assert.deepEqual(seal.open({ key: 'key', sealed: changed }, 4_000), { is: 'forged' }, `byte ${at}`)
    }
  for (let length = 0; length < sealed.length; length++)
    assert.deepEqual(seal.open({ key: 'key', sealed: sealed.subarray(0, length) }, 4_000), { is: 'forged' })
  const longer = Buffer.concat([sealed, Buffer.alloc(1)])
  assert.deepEqual(seal.open({ key: 'key', sealed: longer }, 4_000), { is: 'forged' })
})

test('it is good for no other key, and for nobody with another secret', () => {
  const sealed = seal.close('key', value, 5_000)
  for (const key of ['kez', 'key\0', 'ke', '', 'keysome'])
    assert.deepEqual(seal.open({ key, sealed }, 4_000), { is: 'forged' })
  // As UTF-8 these two were the same.
  const lone = seal.close('\ud800', value, 5_000)
  assert.deepEqual(seal.open({ key: '\ud801', sealed: lone }, 4_000), { is: 'forged' })
  assert.deepEqual(new Seal(Buffer.alloc(32, 8)).open({ key: 'key', sealed }, 4_000), { is: 'forged' })
})

test('a secret that can be guessed is refused', () => {
  assert.throws(() => new Seal(Buffer.alloc(15)), RangeError)
})
