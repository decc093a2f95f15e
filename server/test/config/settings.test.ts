import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadConfig } from '../../src/config/load-config.ts'
import { mask, maskSecrets } from '../../src/config/mask-secrets.ts'
import type { SettingType } from '../../src/config/setting-type.ts'
import { environmentName, flagName, settingKeys, settings } from '../../src/config/settings.ts'
import { editDistance, nearest } from '../../src/domain/nearest.ts'
import { inputOf } from './given-config.ts'

test('each setting has one flag and one variable of its own, and a sentence', () => {
  assert.equal(environmentName('limits.graceTime'), 'LADING_LIMITS_GRACE_TIME')
  assert.equal(flagName('limits.graceTime'), 'limits-grace-time')
  assert.equal(new Set(settingKeys.map(environmentName)).size, settingKeys.length)
  assert.equal(new Set(settingKeys.map(flagName)).size, settingKeys.length)
  for (const key of settingKeys) assert.match(settings[key].about, /^[A-Z].*\.$/, key)
})

test('what a type writes it reads back as the same', () => {
  const samples: Partial<Record<string, unknown[]>> = {
    'cache.bytes': [0, 1, 1023, 1024, 1536, 1_234_567, 2 ** 36],
    'limits.graceTime': [1000, 1001, 86_400_000, 5_025_678],
    'limits.pageSize': [1, 1000],
    listen: [
      { host: '::1', port: 0 },
      { host: 'a-b.c', port: 65_535 },
    ],
    'access.read': ['anyone', ['a', 'b']],
    'access.allowAnonymousWrite': [true, false],
    publicUrl: ['https://a.example:8443'],
  }
  for (const [key, values] of Object.entries(samples)) {
    const type: SettingType<unknown> = settings[key as keyof typeof settings].type
    for (const value of values ?? []) {
      const complain = (message: string): undefined => assert.fail(`${key}: ${message}`)
      assert.deepEqual(type.read(type.write(value), { base: '/', complain }), value, key)
    }
  }
})

test('limits hold at both ends', () => {
  const outside: [flag: string, text: string][] = [
    ['limits-manifest-bytes', '4194303'],
    ['limits-manifest-bytes', '65MiB'],
    ['limits-links-per-manifest', '401'],
    ['limits-links-per-manifest', '0'],
    ['limits-grace-time', '999ms'],
    ['limits-grace-time', '60'],
    ['limits-page-size', '1e2'],
    ['limits-page-size', '-1'],
    ['listen', '127.0.0.1:65536'],
    ['listen', '127.0.0.1'],
    ['listen', ':7070'],
    ['listen', '[::zz]:1'],
    ['listen', '[127.0.0.1]:1'],
    ['listen', 'http://127.0.0.1:7070'],
    ['listen', ''],
    ['data', ''],
    ['public-url', 'https://a.example/path'],
    ['public-url', 'ftp://a.example'],
    ['log-level', 'INFO'],
    ['access-allow-anonymous-write', 'yes'],
    ['access-write', ''],
    ['users', 'alice'],
    ['namespaces', '{"blob": 3}'],
    ['namespaces', '{"acme": {"immutableTags": ["a b"]}}'],
    ['namespaces', '{"acme": {"immutableTag": []}}'],
  ]
  for (const [flag, text] of outside) {
    const loaded = loadConfig(inputOf({ flags: { [flag]: text } }))
    assert.ok('mistakes' in loaded, `--${flag} ${text} was taken`)
    assert.equal(loaded.mistakes.length, 1, JSON.stringify(loaded.mistakes))
    assert.equal(loaded.mistakes[0]!.where, `--${flag}`)
  }
  const inside: [flag: string, text: string][] = [
    ['limits-manifest-bytes', '4 MiB'],
    ['limits-links-per-manifest', '400'],
    ['limits-grace-time', '1s'],
    ['listen', '[::1]:65535'],
    ['limits-blob-bytes', '1.5GiB'],
  ]
  for (const [flag, text] of inside) {
    assert.ok(
      !('mistakes' in loadConfig(inputOf({ flags: { [flag]: text } }))),
      `--${flag} ${text} was refused`,
    )
  }
})

test('masking leaves names and takes hashes', () => {
  const passwordHash = `$scrypt$ln=15,r=8,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`
  const loaded = loadConfig(inputOf({ flags: { users: JSON.stringify([{ name: 'alice', passwordHash }]) } }))
  assert.ok(!('mistakes' in loaded))
  assert.deepEqual(maskSecrets(loaded.config), {
    ...loaded.config,
    users: [{ name: 'alice', passwordHash: mask }],
  })
  assert.equal(loaded.config.users[0]?.passwordHash, passwordHash)
})

test('the nearest name is the likeliest slip, or none', () => {
  assert.equal(editDistance('listen', 'litsen'), 1)
  assert.equal(editDistance('kitten', 'sitting'), 3)
  assert.equal(editDistance('', 'abc'), 3)
  assert.equal(nearest('gracetime', ['trash-delay', 'grace-time']), 'grace-time')
  assert.equal(nearest('zebra', ['listen', 'data']), undefined)
  assert.equal(nearest('x'.repeat(65), ['x'.repeat(65)]), undefined)
})
