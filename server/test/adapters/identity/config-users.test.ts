import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import {
  type ConfigUsersOptions,
  openConfigUsers,
} from '../../../src/adapters/identity/config-users/open-config-users.ts'
import { deriveHash } from '../../../src/adapters/identity/shared/derive-hash.ts'
import { hashPassword } from '../../../src/adapters/identity/shared/hash-password.ts'
import { isRegistryError } from '../../../src/domain/error.ts'
import { checkPasswordHash, type PasswordHash, parsePasswordHash } from '../../../src/domain/password-hash.ts'

/** As cheap as it gets: what is tested is not the cost. */
const cheap = { ln: 4, r: 8, p: 1 }

function parsed(text: string): PasswordHash {
  const hash = parsePasswordHash(text)
  assert.ok('algorithm' in hash)
  return hash
}

/** Records what was computed. */
function counting(): {
  readonly derive: NonNullable<ConfigUsersOptions['derive']>
  readonly costs: string[]
} {
  const costs: string[] = []
  const derive = (password: string, like: PasswordHash): Promise<Uint8Array> => {
    costs.push(`${like.algorithm} ${JSON.stringify(like.cost)}`)
    return deriveHash(password, like)
  }
  return { derive, costs }
}

test('scrypt of the usual cost gives a hash that can be verified, with a salt of its own', async () => {
  const [first, second] = [await hashPassword('correct horse'), await hashPassword('correct horse')]
  assert.match(first, /^\$scrypt\$ln=15,r=8,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
  assert.equal(checkPasswordHash(first), undefined)
  assert.notEqual(first, second)
  const identity = openConfigUsers({ users: [{ user: 'ada', hash: first }] })
  assert.equal(await identity.verify('ada', 'correct horse'), 'ada')
  assert.equal(await identity.verify('ada', 'correct horsf'), undefined)
})

test('scrypt agrees with RFC 7914, and argon2id with the RFC 9106 reference', async () => {
  // RFC 7914, section 12: P="password", S="NaCl", N=1024, r=8, p=16.
  const scrypt = await deriveHash('password', {
    algorithm: 'scrypt',
    cost: { ln: 10, r: 8, p: 16 },
    salt: new Uint8Array(Buffer.from('NaCl')),
    hash: new Uint8Array(64),
  })
  assert.equal(
    Buffer.from(scrypt).toString('hex'),
    'fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640',
  )
  // The known answer of the reference implementation's own tests: 64 MiB, 2 passes, "password", "somesalt".
  const known = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'
  const identity = openConfigUsers({ users: [{ user: 'ada', hash: known }] })
  assert.equal(await identity.verify('ada', 'password'), 'ada')
  assert.equal(await identity.verify('ada', 'Password'), undefined)
})

test('only the very pair of user and password is accepted, also when a right one was seen before', async () => {
  const users = [
    { user: 'ada', hash: await hashPassword('one', cheap) },
    { user: 'Ada', hash: await hashPassword('two', cheap) },
    { user: 'a', hash: await hashPassword('da:x', cheap) },
  ]
  const identity = openConfigUsers({ users })
  for (let round = 0; round < 2; round += 1) {
    assert.equal(await identity.verify('ada', 'one'), 'ada')
    assert.equal(await identity.verify('Ada', 'two'), 'Ada')
    assert.equal(await identity.verify('a', 'da:x'), 'a')
    for (const [user, password] of [
      ['ada', 'two'],
      ['Ada', 'one'],
      ['ada', ''],
      ['ada', 'one\0'],
      ['a:da', 'x'],
      ['', 'one'],
      ['nobody', 'one'],
      ['__proto__', 'one'],
    ] as const) {
      assert.equal(await identity.verify(user, password), undefined, `${user}, ${password}`)
    }
  }
})

test('a success is remembered, a failure is not, and what is asked at once is computed once', async () => {
  const { derive, costs } = counting()
  const identity = openConfigUsers({
    users: [{ user: 'ada', hash: await hashPassword('one', cheap) }],
    derive,
  })
  const together = await Promise.all(Array.from({ length: 5 }, () => identity.verify('ada', 'one')))
  assert.deepEqual(together, Array(5).fill('ada'))
  assert.equal(await identity.verify('ada', 'one'), 'ada')
  assert.equal(costs.length, 1)
  for (let n = 0; n < 3; n += 1) assert.equal(await identity.verify('ada', 'wrong'), undefined)
  assert.equal(costs.length, 4)
})

test('what is remembered is bounded, and the pair not used longest is forgotten first', async () => {
  let computed = 0
  const hash = await hashPassword('one', cheap)
  const derive = async (_: string, like: PasswordHash): Promise<Uint8Array> => {
    computed += 1
    return like.hash
  }
  const identity = openConfigUsers({ users: [{ user: 'ada', hash }], derive })
  for (let n = 0; n < 1000; n += 1) await identity.verify('ada', `${n}`)
  await identity.verify('ada', '0')
  assert.equal(computed, 1000)
  await identity.verify('ada', 'one more')
  await identity.verify('ada', '0')
  assert.equal(computed, 1001)
  await identity.verify('ada', '1')
  assert.equal(computed, 1002)
})

test('an unknown user costs the work of a known one, the same each time for the same name', async () => {
  const users = [
    { user: 'ada', hash: await hashPassword('one', cheap) },
    {
      user: 'bob',
      hash: '$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8',
    },
  ]
  const { derive, costs } = counting()
  const identity = openConfigUsers({ users, derive })
  const known = new Set(
    users.map(({ hash }) => `${parsed(hash).algorithm} ${JSON.stringify(parsed(hash).cost)}`),
  )
  for (let n = 0; n < 40; n += 1) {
    for (const password of ['one', 'two'])
      assert.equal(await identity.verify(`nobody${n}`, password), undefined)
  }
  assert.equal(costs.length, 80)
  for (let n = 0; n < 80; n += 2) assert.equal(costs[n], costs[n + 1])
  assert.deepEqual(new Set(costs), known)
})

test('where nobody is listed, nobody is anybody, at the usual cost', async () => {
  const { derive, costs } = counting()
  assert.equal(await openConfigUsers({ users: [], derive }).verify('ada', ''), undefined)
  assert.deepEqual(costs, ['scrypt {"ln":15,"r":8,"p":1}'])
})

test('so many hashes are computed at once, so many wait in their order, and one more is refused', async () => {
  const hash = await hashPassword('right', cheap)
  const begun: { readonly password: string; readonly end: (hash: Uint8Array) => void }[] = []
  const derive = (password: string): Promise<Uint8Array> =>
    new Promise((resolve) => begun.push({ password, end: resolve }))
  const identity = openConfigUsers({ users: [{ user: 'ada', hash }], bounds: { width: 2, queue: 3 }, derive })
  const answers = ['a', 'b', 'c', 'd', 'e'].map((password) => identity.verify('ada', password))
  await turn()
  await assert.rejects(identity.verify('ada', 'f'), (error) => isRegistryError(error, 'too-many-requests'))
  assert.deepEqual(
    begun.map(({ password }) => password),
    ['a', 'b'],
  )
  for (let n = 0; n < 5; n += 1) {
    begun[n]!.end(n === 3 ? parsed(hash).hash : new Uint8Array(32))
    await answers[n]
    await turn()
    assert.equal(begun.length, Math.min(5, n + 3), 'one ends, the next begins')
  }
  assert.deepEqual(
    begun.map(({ password }) => password),
    ['a', 'b', 'c', 'd', 'e'],
  )
  assert.deepEqual(await Promise.all(answers), [undefined, undefined, undefined, 'ada', undefined])
  const later = identity.verify('ada', 'f')
  await turn()
  begun[5]!.end(new Uint8Array(32))
  assert.equal(await later, undefined)
})

test('one place that asks more than is computed keeps nobody of another place out', async () => {
  const begun: { readonly password: string; readonly end: () => void }[] = []
  const derive = (password: string): Promise<Uint8Array> =>
    new Promise((resolve) => begun.push({ password, end: () => resolve(new Uint8Array(32)) }))
  const identity = openConfigUsers({ users: [], bounds: { width: 1, queue: 4 }, derive })
  const told: string[] = []
  const ask = (password: string, from: string): void =>
    void identity.verify('ada', password, from).then(
      () => told.push(password),
      (error) => {
        assert.ok(isRegistryError(error, 'too-many-requests'))
        told.push(`${password} refused`)
      },
    )
  for (const password of ['a1', 'a2', 'a3', 'a4', 'a5', 'a6']) ask(password, 'a')
  await turn()
  assert.deepEqual(told.splice(0), ['a6 refused'])
  ask('b1', 'b')
  await turn()
  ask('b2', 'b')
  await turn()
  ask('b3', 'b')
  ask('a7', 'a')
  ask('c1', 'c')
  await turn()
  // With two of each waiting neither gives way to the other any more; a third place finds room still.
  assert.deepEqual(told.splice(0).sort(), [
    'a3 refused',
    'a4 refused',
    'a5 refused',
    'a7 refused',
    'b3 refused',
  ])
  for (let n = 0; n < 5; n++) {
    begun[n]?.end()
    await turn()
  }
  assert.deepEqual(told, ['a1', 'a2', 'b1', 'c1', 'b2'])
  assert.equal(begun.length, 5)
})

test('a computation that fails is told, leaves its place and is tried again', async () => {
  const hash = await hashPassword('right', cheap)
  let fails = true
  const derive = async (password: string, like: PasswordHash): Promise<Uint8Array> => {
    if (fails) throw new Error('out of memory')
    return deriveHash(password, like)
  }
  const identity = openConfigUsers({ users: [{ user: 'ada', hash }], bounds: { width: 1, queue: 1 }, derive })
  for (let n = 0; n < 3; n += 1) await assert.rejects(identity.verify('ada', 'right'), /out of memory/)
  fails = false
  assert.equal(await identity.verify('ada', 'right'), 'ada')
})

test('a password beyond all measure, or with a NUL, is wrong without any work', async () => {
  const { derive, costs } = counting()
  const identity = openConfigUsers({ users: [{ user: 'ada', hash: await hashPassword('x', cheap) }], derive })
  assert.equal(await identity.verify('ada', '\u00e9'.repeat(513)), undefined)
  assert.equal(await identity.verify('ada', 'x\0'), undefined)
  await assert.rejects(hashPassword('x\0', cheap), TypeError)
  assert.deepEqual(costs, [])
})

test('a hash that is none, and a user who stands there twice, are refused by name', async () => {
  const hash = await hashPassword('x', cheap)
  assert.throws(
    () => openConfigUsers({ users: [{ user: 'ada', hash: 'secret' }] }),
    /of ada .*does not begin/,
  )
  const twice = [
    { user: 'ada', hash },
    { user: 'ada', hash },
  ]
  assert.throws(() => openConfigUsers({ users: twice }), /ada stands twice/)
})
