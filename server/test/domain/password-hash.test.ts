import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkPasswordHash, formatScryptHash, parsePasswordHash } from '../../src/domain/password-hash.ts'

const salt = 'c2FsdHNhbHRzYWx0c2FsdA'
const hash = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8'
const scrypt = `$scrypt$ln=15,r=8,p=1$${salt}$${hash}`
const argon2 = `$argon2id$v=19$m=19456,t=2,p=1$${salt}$${hash}`

test('a scrypt hash is parsed, and written as it was', () => {
  const parsed = parsePasswordHash(scrypt)
  assert.ok('algorithm' in parsed && parsed.algorithm === 'scrypt')
  assert.deepEqual(parsed.cost, { ln: 15, r: 8, p: 1 })
  assert.deepEqual(parsed.salt, new Uint8Array(Buffer.from('saltsaltsaltsalt')))
  assert.deepEqual(
    parsed.hash,
    Uint8Array.from({ length: 32 }, (_, n) => n),
  )
  assert.equal(formatScryptHash(parsed), scrypt)
})

test('an argon2id hash is parsed', () => {
  const parsed = parsePasswordHash(argon2)
  assert.ok('algorithm' in parsed && parsed.algorithm === 'argon2id')
  assert.deepEqual(parsed.cost, { m: 19456, t: 2, p: 1 })
  assert.equal(parsed.salt.length, 16)
  assert.equal(checkPasswordHash(argon2), undefined)
})

const wrong: Readonly<Record<string, RegExp>> = {
  '': /does not begin/,
  secret: /does not begin/,
  x$scrypt$: /does not begin/,
  $2b$10$abcdefghijklmnopqrstuv: /algorithm/,
  [scrypt.replace('scrypt', 'Scrypt')]: /algorithm/,
  [argon2.replace('argon2id', 'argon2i')]: /algorithm/,
  [argon2.replace('v=19$', '')]: /version/,
  [argon2.replace('v=19', 'v=16')]: /version/,
  [scrypt.replace('ln=15,', '')]: /cost/,
  [scrypt.replace('ln=15', 'ln=-1')]: /cost/,
  [scrypt.replace('ln=15', 'ln=0')]: /at least 1/,
  [scrypt.replace('ln=15', 'ln=20')]: /memory/,
  [scrypt.replace('r=8', 'r=9999')]: /memory/,
  [scrypt.replace('p=1', 'p=17')]: /at most 16/,
  [argon2.replace('m=19456', 'm=7')]: /at least 8 times/,
  [argon2.replace('m=19456', 'm=999999999')]: /memory/,
  [argon2.replace('t=2', 't=65')]: /at most 64/,
  [argon2.replace('t=2', 't=0')]: /at least 1/,
  [argon2.replace('p=1', 'p=17')]: /at most 16/,
  [`${scrypt}$more`]: /one salt and one hash/,
  [scrypt.slice(0, scrypt.lastIndexOf('$'))]: /one salt and one hash/,
  [scrypt.replace(salt, '')]: /salt/,
  [scrypt.replace(salt, 'c2FsdA')]: /salt/,
  [scrypt.replace(salt, `${salt}==`)]: /salt/,
  [scrypt.replace(salt, salt.replace('A', '*'))]: /salt/,
  [scrypt.replace(hash, 'AAEC')]: /hash/,
  [scrypt.replace(hash, 'A'.repeat(88))]: /hash/,
  [`${scrypt}\n`]: /hash/,
  [`${scrypt.slice(0, -1)}9`]: /hash/,
}

for (const [text, reason] of Object.entries(wrong)) {
  test(`${JSON.stringify(text.slice(0, 60))} is refused: ${reason}`, () => {
    const told = checkPasswordHash(text)
    assert.match(told ?? 'it was accepted', reason)
    assert.ok(!told?.includes(hash), 'the reason repeats the hash')
  })
}
