import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newPassword, newPasswordBytes } from '../../src/domain/new-password.ts'

test('each byte is a character, and each of 32 characters is as likely as another', () => {
  const counts = new Map<string, number>()
  for (let first = 0; first < 256; first++) {
    const password = newPassword(new Uint8Array(newPasswordBytes).fill(first))
    assert.match(password, /^[a-km-np-z2-9]{24}$/)
    counts.set(password, (counts.get(password) ?? 0) + 1)
  }
  assert.deepEqual([counts.size, ...new Set(counts.values())], [32, 8])
})

test('too few random bytes are refused', () => {
  assert.throws(() => newPassword(new Uint8Array(newPasswordBytes - 1)), TypeError)
})
