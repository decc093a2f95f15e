import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openMemoryBlobs } from '../../../src/adapters/blobs/memory/open-memory-blobs.ts'
import { ManualClock } from '../../../src/adapters/clock/manual/manual-clock.ts'
import { otpauthCodes } from '../../../src/adapters/identity/otpauth/otpauth-codes.ts'
import { openPasswords } from '../../../src/adapters/identity/shared/open-passwords.ts'
import { openPasskeys } from '../../../src/adapters/identity/simplewebauthn/webauthn-passkeys.ts'
import { openMemoryStore } from '../../../src/adapters/store/memory/memory-store.ts'
import type { SecondFactorRules } from '../../../src/boot/compose/factors.ts'
import { followRegistry } from '../../../src/boot/compose/follow-registry.ts'
import type { Registry } from '../../../src/boot/registry.ts'
import { schema } from '../../../src/boot/schema.ts'
import { expireLogins } from '../../../src/core/access/expire-logins.ts'
import {
  halfSessions,
  passkeys,
  pendingFactors,
  recoveryCodes,
  secondFactors,
  totps,
} from '../../../src/core/access/factors/tables.ts'
import { passwords, sessions } from '../../../src/core/access/tables.ts'
import type { Caller } from '../../../src/core/ledger/caller.ts'
import { isRegistryError } from '../../../src/domain/error.ts'
import { insert, put } from '../../../src/ports/store/change.ts'
import type { Store } from '../../../src/ports/store/store.ts'
import type { Row, Table } from '../../../src/ports/store/table.ts'
import { codeOf } from '../../kit/second-browser.ts'
import { SoftwareAuthenticator } from '../../kit/software-authenticator.ts'
import { until } from '../../kit/until.ts'
import { SharedStore } from '../../library/manager/shared-store.ts'
import { allRows } from '../invariants.ts'
import { callerOf, type TestCore, testCore } from '../kit.ts'

const password = 'correct horse'
const origin = 'https://registry.example'
const agent = 'a test'
const step = 30_000
const system = callerOf({ kind: 'system', name: 'test' })
const nobody = callerOf({ kind: 'anonymous' })
const ada = callerOf({ kind: 'user', name: 'ada', via: { kind: 'session', id: 'one' } })

interface World extends AsyncDisposable {
  readonly here: TestCore
  readonly there: TestCore
  readonly clock: ManualClock
  readonly store: Store
  readonly factors: Registry['factors']
  /** @returns the secret of her app, and her codes for recovery */
  addApp(user?: Caller): Promise<{ readonly secret: string; readonly recoveryCodes: readonly string[] }>
  addPasskey(key: SoftwareAuthenticator): Promise<void>
  half(): Promise<string>
  /** Of a half session of hers, with a code; answers the session, or the code of the error. */
  second(code: string, half?: string): Promise<string>
  signed(key: SoftwareAuthenticator, told?: { readonly origin?: string }): Promise<string>
  /** As nothing that Lading does would leave it. */
  spoil<R extends Row>(table: Table<R>, key: readonly string[], change: Partial<R>): Promise<void>
}

/** Two processes of one registry, in which ada and eve have accounts. */
async function open(rules: SecondFactorRules = {}): Promise<World> {
  const clock = new ManualClock()
  const memory = await openMemoryStore(schema, { now: () => clock.now() })
  const [shared, blobs] = [new SharedStore(memory), openMemoryBlobs()]
  const process = async (seed: number): Promise<TestCore> =>
    await testCore({
      ...{ store: shared.of(), blobs, clock, seed, bootId: `boot-${seed}` },
      ports: {
        passwords: openPasswords({ cost: { m: 64, t: 1, p: 1 } }),
        secondFactors: { codes: otpauthCodes, passkeys: openPasskeys() },
      },
      rules: {
        access: { read: [], write: [] },
        secondFactors: { party: { id: 'registry.example', origin }, ...rules },
      },
    })
  const [here, there] = [await process(1), await process(2)]
  const following = [await followRegistry(here), await followRegistry(there)]
  const { accounts, factors } = here.registry
  const hash = await openPasswords({ cost: { m: 64, t: 1, p: 1 } }).hash(password)
  for (const name of ['ada', 'eve']) {
    await accounts.createUser(system, { name })
    await accounts.setUserState(system, { name, state: 'active' })
    await here.core.ledger.keep(async () => ({
      value: undefined,
      changes: [insert(passwords, { user: name, hash, changedAt: 0 })],
    }))
  }
  const half = async (): Promise<string> => {
    const entered = await factors.enter(nobody, { user: 'ada', agent })
    assert.ok('half' in entered)
    return entered.half
  }
  const codeOfError = (error: unknown): string => {
    if (!isRegistryError(error)) throw error
    return error.code
  }
  const finish = async (token: string, answered: { code: string } | { passkey: unknown }): Promise<string> =>
    await factors
      .finishStep(nobody, { half: token, answered, agent })
      .then(({ session }) => session, codeOfError)
  return {
    ...{ here, there, clock, store: memory, factors, half },
    addApp: async (user = ada) => {
      const { secret } = await factors.beginTotp(user, { password })
      return { secret, ...(await factors.confirmTotp(user, codeOf(secret, clock.now()))) }
    },
    addPasskey: async (key) => {
      const { options } = await factors.beginPasskey(ada, { password })
      await factors.confirmPasskey(ada, {
        made: key.create(options as Parameters<SoftwareAuthenticator['create']>[0], { origin }),
      })
    },
    second: async (code, token) => await finish(token ?? (await half()), { code }),
    signed: async (key, told) => {
      const token = await half()
      const { options } = await factors.showStep(token)
      const asked = options as Parameters<SoftwareAuthenticator['get']>[0]
      return await finish(token, { passkey: key.get(asked, { origin, ...told }) })
    },
    spoil: async (table, key, change) => {
      await here.core.ledger.keep(async () => {
        const found = await memory.get(table, key)
        assert.ok(found !== undefined)
        const { rev, ...row } = found
        return { value: undefined, changes: [put(table, { ...row, ...change } as never, rev)] }
      })
    },
    [Symbol.asyncDispose]: async () => {
      for (const one of following) await one?.[Symbol.asyncDispose]()
      for (const one of [here, there]) {
        await one.signIn.close()
        await one[Symbol.asyncDispose]()
      }
      await memory.close()
    },
  }
}

const isSession = (answer: string): boolean => /^[0-9A-Za-z]{43}$/.test(answer)

describe('second factors', () => {
  test('hold in every process from the answer on, and end what was begun without', async () => {
    await using world = await open()
    const { here, there, factors } = world
    const entered = await factors.enter(nobody, { user: 'ada', agent })
    assert.ok('session' in entered)
    const token = await here.registry.tokens?.whole({
      kind: 'user',
      name: 'ada',
      via: { kind: 'password', id: '', epoch: 1 },
    })
    for (const { registry } of [here, there]) {
      assert.ok(await registry.access.session(entered.session))
      assert.ok(await registry.access.login('ada', password))
      assert.ok(await registry.access.bearer(token?.token ?? ''))
    }
    await world.addApp()
    const isShut = async ({ registry }: TestCore): Promise<boolean> => {
      const login = await registry.access.login('ada', password).catch((error: unknown) => error)
      return (
        isRegistryError(login, 'unauthenticated') &&
        (await registry.access.session(entered.session)) === undefined &&
        (await registry.access.bearer(token?.token ?? '')) === undefined
      )
    }
    assert.ok(await isShut(here))
    await until(async () => await isShut(there))
    // Whoever guesses a password is told nothing of second factors.
    assert.equal(await there.registry.access.login('ada', 'another'), undefined)
    await factors.reset(system, 'ada')
    assert.ok(await here.registry.access.login('ada', password))
    await until(
      async () => (await there.registry.access.login('ada', password).catch(() => undefined)) !== undefined,
    )
  })

  test('let no session through that is begun by a password as the first of them comes', async () => {
    await using world = await open()
    const { secret } = await world.factors.beginTotp(ada, { password })
    const entering = Array.from({ length: 32 }, () => world.factors.enter(nobody, { user: 'ada', agent }))
    const confirmed = world.factors.confirmTotp(ada, codeOf(secret, world.clock.now()))
    const entered = await Promise.allSettled(entering)
    await confirmed
    for (const one of entered) {
      if (one.status === 'rejected') assert.ok(isRegistryError(one.reason, 'unavailable'))
      else if ('session' in one.value)
        assert.equal(await world.here.registry.access.session(one.value.session), undefined)
    }
    await assert.rejects(world.here.registry.accounts.beginSession(nobody, { user: 'ada', agent }), (error) =>
      isRegistryError(error, 'denied'),
    )
  })

  test('are counted right by 24 who add passkeys at once, and recovery codes are made once', async () => {
    await using world = await open()
    const app = await world.factors.beginTotp(ada, { password })
    const passkey = await world.factors.beginPasskey(ada, { password })
    const made = new SoftwareAuthenticator().create(
      passkey.options as Parameters<SoftwareAuthenticator['create']>[0],
      { origin },
    )
    const code = codeOf(app.secret, world.clock.now())
    const answers = await Promise.allSettled(
      Array.from({ length: 24 }, (_, at) =>
        at % 2 === 0 ? world.factors.confirmTotp(ada, code) : world.factors.confirmPasskey(ada, { made }),
      ),
    )
    const done = answers.filter(({ status }) => status === 'fulfilled')
    const there = (await allRows(world.store, totps)).length + (await allRows(world.store, passkeys)).length
    assert.equal(done.length, there)
    assert.ok(there >= 1)
    assert.equal((await world.store.get(secondFactors, ['ada']))?.factors, there)
    assert.equal((await allRows(world.store, recoveryCodes)).length, 10)
  })

  test('a secret that was moved to another row, or changed, opens nothing', async () => {
    await using world = await open()
    const eve = callerOf({ kind: 'user', name: 'eve', via: { kind: 'session', id: 'two' } })
    await world.addApp()
    const { secret } = await world.addApp(eve)
    const hers = await world.store.get(totps, ['eve'])
    await world.spoil(totps, ['ada'], { secret: hers?.secret ?? new Uint8Array(), lastStep: 0 })
    await assert.rejects(world.second(codeOf(secret, world.clock.now())), /authenticate data/)
    assert.equal((await allRows(world.store, sessions)).filter(({ user }) => user === 'ada').length, 0)
  })

  test('what was begun and not ended goes, and nothing else', async () => {
    await using world = await open()
    await world.addApp()
    await world.half()
    await world.factors.beginPasskey(ada, { password })
    const signal = new AbortController().signal
    assert.deepEqual(await expireLogins(world.here.core, signal), { expired: 0 })
    world.clock.jump(600_000)
    assert.deepEqual(await expireLogins(world.here.core, signal), { expired: 2 })
    assert.equal((await allRows(world.store, halfSessions)).length, 0)
    assert.equal((await allRows(world.store, pendingFactors)).length, 0)
    assert.equal((await allRows(world.store, totps)).length, 1)
  })
})

/** Each attack is refused; and with the one thing undone that refuses it, it succeeds. */
describe('attacks on a second factor', () => {
  test('a code that comes again', async () => {
    await using world = await open()
    const { secret } = await world.addApp()
    world.clock.jump(10 * step)
    const code = codeOf(secret, world.clock.now())
    assert.ok(isSession(await world.second(code)))
    assert.equal(await world.second(code), 'unauthenticated')
    await world.spoil(totps, ['ada'], { lastStep: 0 })
    assert.ok(isSession(await world.second(code)))
  })

  test('a code that is guessed', async () => {
    for (const [tries, looked] of [
      [5, 5],
      [1_000, 200],
    ] as const) {
      await using world = await open({ tries })
      const { secret } = await world.addApp()
      world.clock.jump(10 * step)
      const half = await world.half()
      const wrong = codeOf(secret, world.clock.now() - 100 * step)
      const answers: string[] = []
      for (let at = 0; at < 200; at++) answers.push(await world.second(wrong, half))
      assert.equal(answers.filter((answer) => answer === 'unauthenticated').length, looked)
      const right = await world.second(codeOf(secret, world.clock.now()), half)
      assert.equal(isSession(right), tries === 1_000)
    }
  })

  test('a code for recovery that comes again', async () => {
    await using world = await open()
    const { recoveryCodes: codes } = await world.addApp()
    const [code = ''] = codes
    const rows = await allRows(world.store, recoveryCodes)
    assert.ok(isSession(await world.second(code)))
    assert.equal(await world.second(code), 'unauthenticated')
    const left = new Set((await allRows(world.store, recoveryCodes)).map(({ hash }) => hash))
    const gone = rows.find(({ hash }) => !left.has(hash))
    assert.ok(gone !== undefined)
    const { rev: _, ...row } = gone
    await world.here.core.ledger.keep(async () => ({
      value: undefined,
      changes: [insert(recoveryCodes, row)],
    }))
    assert.ok(isSession(await world.second(code)))
  })

  test('a half session in place of a whole one', async () => {
    await using world = await open()
    await world.addApp()
    const half = await world.half()
    const { access } = world.here.registry
    assert.equal(await access.session(half), undefined)
    assert.equal(await access.bearer(half), undefined)
    const [row] = await allRows(world.store, halfSessions)
    assert.ok(row !== undefined)
    const { hash, user, createdAt, expiresAt, epoch } = row
    const whole = { hash, user, createdAt, expiresAt, epoch, id: 'x', usedAt: 0, address: '', agent: '' }
    await world.here.core.ledger.keep(async () => ({ value: undefined, changes: [insert(sessions, whole)] }))
    assert.ok(await access.session(half))
  })

  test('a passkey that signs for another page', async () => {
    const evil = 'https://evil.example'
    const key = new SoftwareAuthenticator()
    await using world = await open()
    await world.addPasskey(key)
    assert.equal(await world.signed(key, { origin: evil }), 'unauthenticated')
    assert.ok(isSession(await world.signed(key)))
    const { keys } = { keys: openPasskeys() }
    const [row] = await allRows(world.store, passkeys)
    assert.ok(row !== undefined)
    const ceremony = { party: { id: 'registry.example', origin: evil }, challenge: 'AAAA' }
    const options = { challenge: 'AAAA', rpId: 'registry.example' }
    assert.ok(await keys.signed(key.get(options, { origin: evil }), ceremony, row))
  })

  test('what a passkey has signed, once more', async () => {
    await using world = await open()
    const key = new SoftwareAuthenticator()
    await world.addPasskey(key)
    const half = await world.half()
    const { options } = await world.factors.showStep(half)
    const passkey = key.get(options as Parameters<SoftwareAuthenticator['get']>[0], { origin })
    const [first] = await allRows(world.store, halfSessions)
    const finish = async (token: string): Promise<string> =>
      await world.factors.finishStep(nobody, { half: token, answered: { passkey }, agent }).then(
        ({ session }) => session,
        (error: unknown) => (isRegistryError(error) ? error.code : 'fault'),
      )
    assert.ok(isSession(await finish(half)))
    assert.equal(await finish(half), 'unauthenticated')
    const other = await world.half()
    await world.factors.showStep(other)
    assert.equal(await finish(other), 'unauthenticated')
    const [row] = await allRows(world.store, halfSessions)
    await world.spoil(halfSessions, [row?.hash ?? ''], { challenge: first?.challenge ?? '' })
    assert.ok(isSession(await finish(other)))
  })

  test('a copy of a passkey, whose counter is behind', async () => {
    await using world = await open()
    const key = new SoftwareAuthenticator({ counter: 10 })
    await world.addPasskey(key)
    assert.ok(isSession(await world.signed(key)))
    key.counter = 5
    assert.equal(await world.signed(key), 'unauthenticated')
    const [row] = await allRows(world.store, passkeys)
    await world.spoil(passkeys, [row?.id ?? ''], { counter: 0 })
    assert.ok(isSession(await world.signed(key)))
  })
})
