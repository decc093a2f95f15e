import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hashPassword } from '../../src/adapters/identity/config-users/hash-password.ts'
import { openConfigUsers } from '../../src/adapters/identity/config-users/open-config-users.ts'
import { identityWithFirstUser, makeFirstUser, type NewUser } from '../../src/boot/first-user.ts'
import type { Config } from '../../src/config/config.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { firstUserHash, setFirstUserHash } from '../../src/core/access/first-user.ts'
import { secrets } from '../../src/core/ledger/tables.ts'
import { inputOf } from '../config/given-config.ts'
import { testCore } from '../core/kit.ts'

/** Cheap to verify: these tests are not about the cost of guessing. */
const testCost = { ln: 4, r: 8, p: 1 }
const nobody = openConfigUsers({ users: [] })

function configWith(env: Readonly<Record<string, string>>): Config {
  const loaded = loadConfig(inputOf({ env }))
  assert.ok('config' in loaded)
  return loaded.config
}

const config = configWith({ LADING_ACCESS_FIRST_USER: 'admin' })

test('the first start makes the user and tells the password, later ones do neither', async () => {
  await using test = await testCore()
  const told: NewUser[] = []
  const start = (): Promise<void> => makeFirstUser(test.core, config, (user) => told.push(user))
  await start()
  await start()
  assert.equal(told.length, 1)
  const { name = '', password = '' } = told[0] ?? {}
  const identity = identityWithFirstUser({ store: test.store, identity: nobody }, config)
  assert.equal(await identity.verify(name, password), 'admin')
  assert.equal(await identity.verify(name, `${password}x`), undefined)
  assert.equal(await identity.verify('root', password), undefined)
  const rows = await test.store.find(secrets, { index: 'key', limit: 100 })
  const kept = rows.rows.map(({ bytes }) => Buffer.from(bytes).toString())
  assert.ok(kept.some((text) => text.startsWith('$scrypt$')) && !kept.some((text) => text.includes(password)))
})

test('nobody is made who could not be told, and whoever was told before a crash is told anew', async () => {
  let broken = true
  await using test = await testCore({
    wrap: (store) => ({
      ...store,
      can: store.can,
      get: store.get.bind(store),
      getMany: store.getMany.bind(store),
      find: store.find.bind(store),
      count: store.count.bind(store),
      tail: store.tail.bind(store),
      last: store.last.bind(store),
      close: store.close.bind(store),
      commit: async (id, changes) => {
        const making = changes.some(
          (change) => 'row' in change && String(change.row['name']).startsWith('first-user'),
        )
        if (making && broken) throw new Error('the power went')
        return await store.commit(id, changes)
      },
    }),
  })
  const toNobody = makeFirstUser(test.core, config, () => {
    throw new Error('nobody hears')
  })
  await assert.rejects(toNobody, /nobody hears/)
  assert.equal(await firstUserHash(test.store, 'admin'), undefined)

  const told: NewUser[] = []
  const start = (): Promise<void> => makeFirstUser(test.core, config, (user) => told.push(user))
  await assert.rejects(start(), /the power went/)
  broken = false
  await start()
  const [lost, kept] = told
  assert.notEqual(lost?.password, kept?.password)
  const identity = identityWithFirstUser({ store: test.store, identity: nobody }, config)
  assert.equal(await identity.verify('admin', lost?.password ?? ''), undefined)
  assert.equal(await identity.verify('admin', kept?.password ?? ''), 'admin')
})

test('a new password counts at once, and the one before no longer', async () => {
  await using test = await testCore()
  const identity = identityWithFirstUser({ store: test.store, identity: nobody }, config)
  assert.equal(await identity.verify('admin', 'one'), undefined)
  await setFirstUserHash(test.core, 'admin', await hashPassword('one', testCost))
  assert.equal(await identity.verify('admin', 'one'), 'admin')
  await setFirstUserHash(test.core, 'admin', await hashPassword('two', testCost))
  assert.equal(await identity.verify('admin', 'one'), undefined)
  assert.equal(await identity.verify('admin', 'two'), 'admin')
})

test('a first user of another name has a password of their own', async () => {
  await using test = await testCore()
  await setFirstUserHash(test.core, 'admin', await hashPassword('one', testCost))
  const other = configWith({ LADING_ACCESS_FIRST_USER: 'root' })
  const told: NewUser[] = []
  await makeFirstUser(test.core, other, (user) => told.push(user))
  assert.deepEqual(
    told.map(({ name }) => name),
    ['root'],
  )
  const identity = identityWithFirstUser({ store: test.store, identity: nobody }, other)
  assert.equal(await identity.verify('root', 'one'), undefined)
  assert.equal(await identity.verify('admin', 'one'), undefined)
})

test('without a first user nobody is made, and the users of the configuration are asked', async () => {
  await using test = await testCore()
  const open = configWith({})
  await makeFirstUser(test.core, open, () => assert.fail('somebody was made'))
  assert.equal(identityWithFirstUser({ store: test.store, identity: nobody }, open), nobody)
})
