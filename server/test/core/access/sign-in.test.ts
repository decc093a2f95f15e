import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openMemoryCache } from '../../../src/adapters/cache/memory/open-memory-cache.ts'
import { deriveHash } from '../../../src/adapters/identity/shared/derive-hash.ts'
import { openPasswords } from '../../../src/adapters/identity/shared/open-passwords.ts'
import type { NamespaceParts } from '../../../src/core/access/access-parts.ts'
import { createOrganisation, createUser, setUserState } from '../../../src/core/access/accounts.ts'
import { makeKey, type NewKey, revokeKey } from '../../../src/core/access/keys.ts'
import { RightsBook } from '../../../src/core/access/rights-book.ts'
import { SignIn } from '../../../src/core/access/sign-in.ts'
import { keys, passwords, robots } from '../../../src/core/access/tables.ts'
import { ReadCache } from '../../../src/core/cache/read-cache.ts'
import { whileEmpty } from '../../../src/core/content/while-empty.ts'
import type { Caller } from '../../../src/core/ledger/caller.ts'
import { isRegistryError } from '../../../src/domain/error.ts'
import type { PasswordHash } from '../../../src/domain/password-hash.ts'
import type { Passwords } from '../../../src/ports/identity/passwords.ts'
import { insert, put } from '../../../src/ports/store/change.ts'
import { callerOf, type TestCore, testCore } from '../kit.ts'

const system = callerOf({ kind: 'system', name: 'test' })
const ada: Caller = callerOf({ kind: 'user', name: 'ada' })
const cheap = { m: 64, t: 1, p: 1 }

interface World extends AsyncDisposable {
  readonly test: TestCore
  readonly parts: NamespaceParts
  readonly signIn: SignIn
  /** Costs of the hashes that were computed. */
  readonly work: string[]
  /** Of what is kept in memory. */
  bytes(): number
  setPassword(user: string, password: string): Promise<void>
  key(more?: Partial<NewKey>): Promise<{ readonly id: string; readonly key: string }>
}

/** Ada has an account and a password; cleo is a user of the configuration; acme has a robot. */
async function open(passwordsOf: (usual: Passwords) => Passwords = (usual) => usual): Promise<World> {
  const test = await testCore()
  const { core, generations } = test
  const parts = {
    core,
    book: new RightsBook(core.store, generations),
    whileEmpty: (namespace: string) => whileEmpty(core, namespace),
  }
  const work: string[] = []
  const hasher = openPasswords({
    cost: cheap,
    derive: (password: string, like: PasswordHash) => {
      work.push(JSON.stringify(like.cost))
      return deriveHash(password, like)
    },
  })
  await createUser(parts, system, { name: 'ada' })
  await setUserState(parts, system, { name: 'ada', state: 'active' })
  await createOrganisation(parts, ada, { name: 'acme' })
  const robot = { namespace: 'acme', name: 'ci', about: '', disabled: false, createdAt: 0, createdBy: '' }
  await core.ledger.keep(async () => ({ value: undefined, changes: [insert(robots, robot)] }))
  const cache = openMemoryCache({ maxBytes: 1_000_000 })
  const signIn = new SignIn({
    core,
    cache: new ReadCache(cache, generations),
    passwords: passwordsOf(hasher),
    configured: {
      verify: async (user, password) => (user === 'cleo' && password === 'asp' ? 'cleo' : undefined),
    },
  })
  const setPassword = async (user: string, password: string): Promise<void> => {
    const hash = await hasher.hash(password)
    await core.ledger.keep(async () => {
      const known = await core.store.get(passwords, [user])
      const row = { user, hash, changedAt: test.clock.now() }
      return {
        value: undefined,
        changes: [known === undefined ? insert(passwords, row) : put(passwords, row, known.rev)],
      }
    })
  }
  await setPassword('ada', 'correct horse')
  work.length = 0
  return {
    test,
    parts,
    signIn,
    work,
    bytes: () => cache.stats().bytes,
    setPassword,
    key: async (more = {}) =>
      await makeKey(parts, ada, { owner: { kind: 'user', name: 'ada' }, label: 'laptop', ...more }),
    [Symbol.asyncDispose]: async () => {
      await signIn.close()
      await test[Symbol.asyncDispose]()
    },
  }
}

describe('whoever shows a password', () => {
  test('is who it belongs to, from the moment that it is set, and until it is another one', async () => {
    await using world = await open()
    const { signIn } = world
    const via = { kind: 'password', id: '', epoch: 1 }
    assert.deepEqual(await signIn.signIn({ user: 'ada', secret: 'correct horse' }), {
      kind: 'user',
      name: 'ada',
      via,
    })
    assert.equal(await signIn.signIn({ user: 'ada', secret: 'correct hors' }), undefined)
    await world.setPassword('ada', 'battery staple')
    assert.equal(await signIn.signIn({ user: 'ada', secret: 'correct horse' }), undefined)
    assert.deepEqual(await signIn.signIn({ user: 'ada', secret: 'battery staple' }), {
      kind: 'user',
      name: 'ada',
      via,
    })
  })

  test('is nobody while the account is disabled, whatever the password', async () => {
    await using world = await open()
    const shown = { user: 'ada', secret: 'correct horse' }
    assert.ok(await world.signIn.signIn(shown))
    await setUserState(world.parts, system, { name: 'ada', state: 'disabled' })
    assert.equal(await world.signIn.signIn(shown), undefined)
    await setUserState(world.parts, system, { name: 'ada', state: 'active' })
    assert.ok(await world.signIn.signIn(shown))
  })

  test('may be a user of the configuration, unless the name has an account', async () => {
    await using world = await open()
    const shown = { user: 'cleo', secret: 'asp' }
    assert.deepEqual(await world.signIn.signIn(shown), { kind: 'user', name: 'cleo' })
    await createUser(world.parts, system, { name: 'cleo' })
    assert.equal(await world.signIn.signIn(shown), undefined)
  })

  test('of whatever name takes no more memory than is counted', async () => {
    await using world = await open()
    const before = world.bytes()
    await world.signIn.signIn({ user: 'x'.repeat(50_000), secret: 'anything' })
    assert.ok(world.bytes() - before > 50_000, `only ${world.bytes() - before} bytes are counted`)
  })

  test('costs the same work, whether the name is there or not, disabled, or an organisation', async () => {
    await using world = await open()
    await createUser(world.parts, system, { name: 'dan' })
    await setUserState(world.parts, system, { name: 'dan', state: 'disabled' })
    for (const user of ['ada', 'nobody', 'dan', 'acme', 'cleo']) {
      world.work.length = 0
      assert.equal(await world.signIn.signIn({ user, secret: 'wrong' }), undefined)
      assert.deepEqual(world.work, [JSON.stringify(cheap)], user)
    }
  })

  test('tells by the work who is there, where nothing is computed for who is not', async () => {
    const hasty = (usual: Passwords): Passwords => ({
      hash: async (password) => await usual.hash(password),
      verify: async (asked) => asked.hash !== undefined && (await usual.verify(asked)),
    })
    await using world = await open(hasty)
    for (const [user, work] of [
      ['ada', 1],
      ['nobody', 0],
    ] as const) {
      world.work.length = 0
      assert.equal(await world.signIn.signIn({ user, secret: 'wrong' }), undefined)
      assert.equal(world.work.length, work, user)
    }
  })
})

describe('whoever shows a key', () => {
  test('is its owner, under any name, until it is revoked, and then nobody at once', async () => {
    await using world = await open()
    const { id, key } = await world.key()
    const principal = { kind: 'user', name: 'ada', via: { kind: 'key', id } }
    assert.deepEqual(await world.signIn.signIn({ user: 'ada', secret: key }), principal)
    assert.deepEqual(await world.signIn.signIn({ user: 'anything', secret: key }), principal)
    assert.equal(world.work.length, 0)
    await revokeKey(world.parts, ada, id)
    assert.equal(await world.signIn.signIn({ user: 'ada', secret: key }), undefined)
  })

  test('is nobody with one that has its form and is none, and no password is tried', async () => {
    await using world = await open()
    const { key } = await world.key()
    await world.setPassword('ada', key)
    const [first = ''] = key.slice(7)
    const other = `${key.slice(0, 7)}${first === 'a' ? 'b' : 'a'}${key.slice(8)}`
    assert.equal(await world.signIn.signIn({ user: 'ada', secret: other }), undefined)
    assert.deepEqual(await world.signIn.signIn({ user: 'ada', secret: key }).then((one) => one?.kind), 'user')
  })

  test('has the scopes of the key, and is a robot with one of a robot while that is there', async () => {
    await using world = await open()
    const scopes = [{ permissions: ['artifacts:read' as const], namespace: 'acme', kind: '*', name: '*' }]
    const robot = { kind: 'robot', namespace: 'acme', name: 'ci' } as const
    const { id, key } = await world.key({ owner: robot, scopes })
    assert.deepEqual(await world.signIn.signIn({ user: 'x', secret: key }), {
      ...robot,
      via: { kind: 'key', id, scopes },
    })
    const { core } = world.test
    await core.ledger.keep(async () => {
      const row = await core.store.get(robots, ['acme', 'ci'])
      assert.ok(row !== undefined)
      const { rev, ...rest } = row
      return { value: undefined, changes: [put(robots, { ...rest, disabled: true }, rev)] }
    })
    assert.equal(await world.signIn.signIn({ user: 'x', secret: key }), undefined)
  })

  test('is nobody once its time is over, and from elsewhere than it may come from', async () => {
    await using world = await open()
    const { clock } = world.test
    const { key } = await world.key({ expiresAt: clock.now() + 1_000, from: ['10.0.0.0/8', '2001:db8::1'] })
    const from = async (address?: string): Promise<boolean> =>
      (await world.signIn.signIn({ user: 'ada', secret: key, from: address })) !== undefined
    assert.deepEqual(
      await Promise.all([
        from('10.1.2.3'),
        from('2001:db8::1'),
        from('11.1.2.3'),
        from('2001:db8::2'),
        from(),
      ]),
      [true, true, false, false, false],
    )
    await clock.advance(1_000)
    assert.equal(await from('10.1.2.3'), false)
    await assert.rejects(world.key({ from: ['somewhere'] }), (error) =>
      isRegistryError(error, 'account-invalid'),
    )
  })

  test('takes no more memory than is counted, however much it says', async () => {
    await using world = await open()
    const [permissions, long] = [Array<'artifacts:read'>(100).fill('artifacts:read'), 'a'.repeat(200)]
    const scopes = Array.from({ length: 50 }, () => ({
      permissions,
      namespace: 'acme',
      kind: '*',
      name: long,
    }))
    const { key } = await world.key({ scopes })
    const before = world.bytes()
    assert.ok((await world.signIn.signIn({ user: '', secret: key })) !== undefined)
    const length = JSON.stringify(scopes).length
    assert.ok(world.bytes() - before > 2 * length, `${world.bytes() - before} bytes for ${length}`)
  })

  test('has to make new ones after the account was disabled', async () => {
    await using world = await open()
    const { key } = await world.key()
    const isGood = async (secret: string): Promise<boolean> =>
      (await world.signIn.signIn({ user: 'ada', secret })) !== undefined
    await setUserState(world.parts, system, { name: 'ada', state: 'disabled' })
    assert.equal(await isGood(key), false)
    await setUserState(world.parts, system, { name: 'ada', state: 'active' })
    assert.equal(await isGood(key), false)
    assert.equal(await isGood((await world.key()).key), true)
  })

  test('leaves a note of when and from where, once a minute at most', async () => {
    await using world = await open()
    const { id, key } = await world.key()
    const use = async (from: string): Promise<readonly [number, string]> => {
      await world.signIn.signIn({ user: 'ada', secret: key, from })
      await world.signIn.close()
      const row = await world.test.store.get(keys, [id])
      return [row?.lastUsedAt ?? -1, row?.lastUsedFrom ?? '']
    }
    const now = world.test.clock.now()
    assert.deepEqual(await use('10.0.0.1'), [now, '10.0.0.1'])
    await world.test.clock.advance(59_999)
    assert.deepEqual(await use('10.0.0.2'), [now, '10.0.0.1'])
    await world.test.clock.advance(1)
    assert.deepEqual(await use('10.0.0.3'), [now + 60_000, '10.0.0.3'])
  })
})
