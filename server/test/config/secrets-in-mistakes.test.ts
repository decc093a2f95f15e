import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConfigKey } from '../../src/config/config.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { describeMistake } from '../../src/config/mistake.ts'
import { shown, shownPlace } from '../../src/config/setting-type.ts'
import { environmentName, flagName, settingKeys } from '../../src/config/settings.ts'
import { type GivenConfig, inputOf } from './given-config.ts'

const places: readonly ConfigKey[] = [
  'listen',
  'publicUrl',
  'access.hosts',
  'store.url',
  'store.replicas',
  'blobs.bucket',
  'blobs.prefix',
  'blobs.endpoint',
  'cache.redis',
  'rates.redis',
  'cache.memcached',
  'traces.endpoint',
]

/** From a file, the environment and a flag: the same for each of the settings. */
function givenAs(keys: readonly ConfigKey[], value: unknown): GivenConfig[] {
  const file: Record<string, unknown> = {}
  for (const key of keys) {
    const [first = '', second] = key.split('.')
    file[first] = second === undefined ? value : { ...(file[first] as object), [second]: value }
  }
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const named = (name: (key: ConfigKey) => string): Record<string, string> =>
    Object.fromEntries(keys.map((key) => [name(key), text]))
  return [
    { files: { '/here/lading.yaml': JSON.stringify(file) } },
    { env: named(environmentName) },
    { flags: named(flagName) },
  ]
}

function mistakes(given: GivenConfig): string[] {
  const loaded = loadConfig(inputOf(given))
  return 'mistakes' in loaded ? loaded.mistakes.map(describeMistake) : []
}

const withPassword = [
  'http://AK:hunter2@127.0.0.1:1',
  'https://hunter2@127.0.0.1:1/path',
  'user:hunter2@127.0.0.1:11211',
  'one:11211,user:hunter2@two:11211',
  'redis://u:p%shunter2@127.0.0.1:1',
  'mysql://u:a@hunter2@127.0.0.1/name',
  `http://u:${'x'.repeat(20)}hunter2@127.0.0.1:1\n`,
]

test('no mistake in any setting shows a password that stands before an @', () => {
  const told = new Set<string>()
  const look = (given: GivenConfig): void => {
    for (const message of mistakes(given)) {
      // What stands there for a file is a path, whatever it looks like, and that is looked for.
      if (message.includes(' wants a PEM file: ')) continue
      assert.doesNotMatch(message, /hunter2/)
      told.add(message)
    }
  }
  // All settings at once, and each without what it goes together with.
  for (const value of [...withPassword, ...withPassword.map((text) => [text])])
    for (const given of givenAs(settingKeys, value)) look(given)
  for (const key of settingKeys) for (const given of givenAs([key], withPassword[0])) look(given)
  // A few of each setting, from each of the three places.
  assert.ok(told.size > 3_000, `${told.size} mistakes were told`)
})

test('of a place nothing that stands before an @ is shown, whatever it looks like', () => {
  for (const key of places) {
    for (const value of ['hunter2@127.0.0.1:1', 'hunter2 @h', ['hunter2@h']]) {
      for (const message of givenAs([key], value).flatMap(mistakes)) assert.doesNotMatch(message, /hunter2/)
    }
  }
  assert.equal(shownPlace('a@b@127.0.0.1'), '"********@127.0.0.1"')
  assert.equal(shown({ one: ['u:p@host'] }), '{"one":["********@host"]}')
  // A name that has an @ is none.
  assert.equal(shown('alice@example.com!'), '"alice@example.com!"')
})

test('an address that no client could read is told of by what is wrong with it', () => {
  const [percent, database] = [
    / cache\.redis wants a URL .*: a % in its user or password is not followed by the two digits of a byte: write it as %25$/,
    / cache\.redis wants a URL .*: after the host stands nothing, or the number of a database, such as \/0$/,
  ]
  const one = (key: ConfigKey, value: string): string => {
    const [message, ...more] = mistakes(givenAs([key], value)[0] ?? {})
    assert.deepEqual(more, [])
    return message ?? ''
  }
  assert.match(one('cache.redis', 'redis://u:p%shunter2@127.0.0.1:6379'), percent)
  assert.match(one('cache.redis', 'redis://127.0.0.1:6379/abc'), database)
  assert.match(one('cache.redis', 'redis://127.0.0.1:6379/1/2'), database)
  assert.match(one('store.url', 'postgresql://u:p%shunter2@h/name'), /a % in its user or password/)
  assert.match(one('store.url', 'postgresql://h/na%me'), /a % in it is not followed/)
  assert.match(one('store.url', 'mongodb://u:p%@a,b/name'), /a % in its user or password/)
  for (const fine of ['redis://h', 'redis://h/', 'rediss://u:%25%40@h:1/15', 'redis://:p@h/0'])
    assert.deepEqual(mistakes(givenAs(['cache.redis'], fine)[0] ?? {}), [])
  for (const fine of ['postgresql://u:%25@h/n', 'postgresql:///n?host=%2Frun', 'mongodb://u:%40@a,b/n'])
    assert.deepEqual(mistakes(givenAs(['store.url'], fine)[0] ?? {}), [])
})
