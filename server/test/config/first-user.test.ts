import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Config } from '../../src/config/config.ts'
import { firstUserOf, writersOf } from '../../src/config/first-user.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { inputOf } from './given-config.ts'

const hash = '$scrypt$ln=15,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8'
const bob = `[{ name: bob, passwordHash: "${hash}" }]`
const container = { LADING_LISTEN: '0.0.0.0:7070', LADING_ACCESS_FIRST_USER: 'admin' }

function load(env: Readonly<Record<string, string>>): Config | string[] {
  const loaded = loadConfig(inputOf({ env }))
  return 'mistakes' in loaded ? loaded.mistakes.map(({ message }) => message) : loaded.config
}

function checked(env: Readonly<Record<string, string>>): Config {
  const loaded = load(env)
  assert.ok(!Array.isArray(loaded), String(loaded))
  return loaded
}

test('a container without users has a first user, who alone may write', () => {
  const config = checked(container)
  assert.deepEqual([firstUserOf(config), writersOf(config)], ['admin', ['admin']])
})

test('where there are users, or anyone is meant to write, nobody is made', () => {
  const named = checked({ ...container, LADING_USERS: bob, LADING_ACCESS_WRITE: 'bob' })
  assert.deepEqual([firstUserOf(named), writersOf(named)], [undefined, ['bob']])
  const open = checked({ ...container, LADING_ACCESS_ALLOW_ANONYMOUS_WRITE: 'true' })
  assert.deepEqual([firstUserOf(open), writersOf(open)], [undefined, 'anyone'])
})

test('users without a word on who may write are no first user', () => {
  assert.match(String(load({ ...container, LADING_USERS: bob })), /access\.write is anyone/)
})

test('the first user can be named wherever users are, and nobody else', () => {
  const config = checked({ ...container, LADING_ACCESS_READ: 'admin', LADING_ACCESS_METRICS: 'admin' })
  assert.deepEqual([config.access.read, writersOf(config)], [['admin'], ['admin']])
  const mistakes = load({ ...container, LADING_ACCESS_WRITE: 'alice' })
  assert.match(String(mistakes), /access\.write names alice, who is not in users/)
})

test('a name that no user could have is refused', () => {
  for (const name of ['anyone', 'a:b', '-x']) {
    assert.match(String(load({ LADING_ACCESS_FIRST_USER: name })), /access\.firstUser wants a name of/)
  }
})
