import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Config } from '../../src/config/config.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { maskSecrets } from '../../src/config/mask-secrets.ts'
import { isOpenAtFirst, waitsForAccount, writersOf } from '../../src/config/writers-of.ts'
import { inputOf } from './given-config.ts'

const hash = '$scrypt$ln=15,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8'
const bob = JSON.stringify([{ name: 'bob', passwordHash: hash }])
const network = { LADING_LISTEN: '0.0.0.0:7070' }
const root = { LADING_ACCESS_ADMINISTRATOR: JSON.stringify({ name: 'root', passwordHash: hash }) }

function load(env: Readonly<Record<string, string>>): Config | string[] {
  const loaded = loadConfig(inputOf({ env }))
  return 'mistakes' in loaded ? loaded.mistakes.map(({ message }) => message) : loaded.config
}

function checked(env: Readonly<Record<string, string>>): Config {
  const loaded = load(env)
  assert.ok(!Array.isArray(loaded), String(loaded))
  return loaded
}

test('who may write where nobody was named: nobody over the network, anyone on this machine, until there is an account', () => {
  const cases: [
    env: Record<string, string>,
    writers: Config['access']['write'],
    waits: boolean,
    open: boolean,
  ][] = [
    [{}, 'anyone', false, true],
    [{ LADING_USERS: bob }, 'anyone', false, true],
    [network, [], true, false],
    [{ LADING_LISTEN: 'registry.example.org:7070' }, [], true, false],
    [{ ...network, ...root }, [], true, false],
    [{ ...network, LADING_ACCESS_ALLOW_ANONYMOUS_WRITE: 'true' }, 'anyone', false, false],
    [{ ...network, LADING_USERS: bob, LADING_ACCESS_WRITE: 'bob' }, ['bob'], false, false],
    [
      { ...network, ...root, LADING_ACCESS_WRITE: 'root', LADING_ACCESS_READ: 'root' },
      ['root'],
      false,
      false,
    ],
  ]
  for (const [env, writers, waits, open] of cases) {
    const config = checked(env)
    const found = [writersOf(config), waitsForAccount(config), isOpenAtFirst(config)]
    assert.deepEqual(found, [writers, waits, open], JSON.stringify(env))
  }
})

test('users over the network, of whom nobody says whether they may write, are asked about', () => {
  assert.match(
    String(load({ ...network, LADING_USERS: bob })),
    /there are users, and access\.write is anyone/,
  )
})

test('whoever is named for something is a user or the administrator', () => {
  assert.match(
    String(load({ ...network, ...root, LADING_ACCESS_WRITE: 'alice' })),
    /access\.write names alice, who is not in users/,
  )
})

test('an administrator has the form of a user and a name that an account can have, and nothing else of it is shown', () => {
  const { administrator } = checked(root).access
  assert.deepEqual(administrator, { name: 'root', passwordHash: hash })
  assert.deepEqual(maskSecrets(checked(root)).access.administrator, {
    name: 'root',
    passwordHash: '********',
  })
  assert.equal(maskSecrets(checked({})).access.administrator, undefined)
  const given = (value: unknown): string =>
    String(load({ LADING_ACCESS_ADMINISTRATOR: JSON.stringify(value) }))
  for (const name of ['Root', 'a@b', 'persona', 'v2', 'library', 'a'.repeat(65)])
    assert.match(
      given({ name, passwordHash: hash }),
      /access\.administrator\.name wants a name for an account/,
      name,
    )
  for (const name of ['anyone', 'a:b', '-x', 7])
    assert.match(given({ name, passwordHash: hash }), /access\.administrator\.name wants a name of/)
  const secret = 'correct horse'
  for (const value of [secret, [secret], { name: 'root', passwordHash: secret }, { name: 'root' }, 7, null]) {
    assert.match(given(value), /access\.administrator(\.passwordHash)? wants/)
    assert.doesNotMatch(given(value), /correct/)
  }
})
