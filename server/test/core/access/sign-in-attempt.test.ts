import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '../../../src/adapters/random/seeded/seeded-random.ts'
import { likeName } from '../../../src/core/access/outside-account.ts'
import { type AttemptAbout, beginAttempt, resumeAttempt } from '../../../src/core/access/sign-in-attempt.ts'

const random = seededRandom(7)
const bytes = (length: number): Uint8Array => random.bytes(length)
const about: AttemptAbout = { provider: 'company', next: '/r/acme/app?x=1', user: 'ada', expiresAt: 1_000 }

test('an attempt goes on with what the browser has kept, and with the state that is made of it', () => {
  const { kept, secrets } = beginAttempt(about, bytes)
  assert.deepEqual(resumeAttempt(kept, secrets.state, 999), { about, secrets })
  assert.match(kept, /^[\w.-]{1,2000}$/)
  const values = Object.values(secrets)
  assert.equal(new Set(values).size, 3)
  for (const value of values) assert.match(value, /^[\w-]{43}$/)
  assert.equal(
    values.some((value) => kept.includes(value)),
    false,
  )
})

test('an attempt that is over, another one’s, or changed, does not go on', () => {
  const [one, other] = [beginAttempt(about, bytes), beginAttempt(about, bytes)]
  assert.equal(resumeAttempt(one.kept, one.secrets.state, 1_000), undefined)
  assert.equal(resumeAttempt(one.kept, other.secrets.state, 1), undefined)
  assert.equal(resumeAttempt(other.kept, one.secrets.state, 1), undefined)
  const [seed = ''] = one.kept.split('.')
  for (const changed of [
    { ...about, user: 'root' },
    { ...about, next: '//evil.example' },
    { ...about, expiresAt: 9e15 },
  ]) {
    const said = Buffer.from(JSON.stringify(changed)).toString('base64url')
    assert.equal(resumeAttempt(`${seed}.${said}`, one.secrets.state, 1), undefined)
  }
  for (const kept of ['', '.', seed, `${seed}.`, 'x'.repeat(5_000)])
    assert.equal(resumeAttempt(kept, one.secrets.state, 1), undefined)
  assert.equal(resumeAttempt(one.kept, '', 1), undefined)
})

test('an address that is too long to be kept is left behind', () => {
  const { kept, secrets } = beginAttempt({ ...about, next: `/${'x'.repeat(2_000)}` }, bytes)
  assert.equal(resumeAttempt(kept, secrets.state, 1)?.about.next, '/')
})

test('accounts are called like people elsewhere, in names that there can be', () => {
  const cases: readonly (readonly [Record<string, unknown>, string])[] = [
    [{ preferred_username: 'Ada.Lovelace' }, 'ada.lovelace'],
    [{ preferred_username: 'ada@example.com' }, 'ada'],
    [{ email: 'grace.hopper+x@example.com' }, 'grace.hopper-x'],
    [{ preferred_username: 'Žofie Čápová' }, 'zofie-capova'],
    [{ preferred_username: '../../etc' }, 'etc'],
    [{ preferred_username: '-_-', email: 'x@y' }, 'user'],
    [{ preferred_username: '王' }, 'user'],
    [{ preferred_username: { toString: 'x' }, sub: 's-1' }, 's-1'],
    [{ preferred_username: 'a'.repeat(500) }, 'a'.repeat(61)],
    [{}, 'user'],
  ]
  for (const [claims, name] of cases)
    assert.equal(likeName(claims, 'preferred_username'), name, JSON.stringify(claims))
})
