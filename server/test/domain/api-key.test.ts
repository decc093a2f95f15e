import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { isApiKey, newApiKey, shownApiKey } from '../../src/domain/api-key.ts'

const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length))

test('a new key is one, and no two are alike', () => {
  const keys = Array.from({ length: 1000 }, () => newApiKey(random))
  for (const key of keys) {
    assert.match(key, /^lading_[0-9A-Za-z]{38}$/)
    assert.ok(isApiKey(key), key)
  }
  assert.equal(new Set(keys).size, keys.length)
})

test('the checksum is the one that others compute', () => {
  const key = newApiKey((length) => new Uint8Array(length))
  assert.ok(key.startsWith(`lading_${'0'.repeat(32)}`))
  const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
  const value = [...key.slice(-6)].reduce((sum, digit) => sum * 62 + digits.indexOf(digit), 0)
  assert.equal(value, crcOf('0'.repeat(32)))
})

test('a key with one character changed, lost or added is none', () => {
  fc.assert(
    fc.property(fc.nat(37), fc.constantFrom(...'aZ0_- é\n'), (at, other) => {
      const key = newApiKey(random)
      const place = 'lading_'.length + at
      const changed = `${key.slice(0, place)}${other}${key.slice(place + 1)}`
      assert.equal(isApiKey(changed), changed === key)
      assert.ok(!isApiKey(key.slice(0, place) + key.slice(place + 1)))
      assert.ok(!isApiKey(key.slice(0, place) + other + key.slice(place)))
    }),
  )
})

test('every character is as likely as any other', () => {
  const counts = new Map<string, number>()
  for (let n = 0; n < 2000; n++)
    for (const character of newApiKey(random).slice('lading_'.length, -6))
      counts.set(character, (counts.get(character) ?? 0) + 1)
  const mean = (2000 * 32) / 62
  assert.equal(counts.size, 62)
  for (const [character, count] of counts) assert.ok(Math.abs(count - mean) < mean / 4, character)
})

test('what is shown of a key is not enough to use it', () => {
  const key = newApiKey(random)
  assert.equal(shownApiKey(key), `${key.slice(0, 11)}…`)
})

/** Bit by bit, as ISO 3309 has it. */
function crcOf(text: string): number {
  let crc = 0xffffffff
  for (const byte of Buffer.from(text)) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return (crc ^ 0xffffffff) >>> 0
}
