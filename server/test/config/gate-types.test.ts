import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addressRanges, origins, rate } from '../../src/config/gate-types.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { maskSecrets } from '../../src/config/mask-secrets.ts'
import type { SettingType } from '../../src/config/setting-type.ts'
import { inputOf } from './given-config.ts'

/** What is read, or how often it was complained of. */
function read<T>(type: SettingType<T>, raw: unknown): T | number {
  let complaints = 0
  const complain = (): undefined => {
    complaints++
    return undefined
  }
  const value = type.read(raw, { base: '/', complain })
  return complaints > 0 || value === undefined ? complaints : value
}

test('a rate is a number and a time, or off', () => {
  assert.deepEqual(read(rate, '600/1m'), { tokens: 600, periodMs: 60_000 })
  assert.deepEqual(read(rate, ' 1 / 24h '), { tokens: 1, periodMs: 86_400_000 })
  for (const off of ['off', false]) assert.equal(read(rate, off), 'off')
  for (const wrong of [
    '600',
    '0/1m',
    '1000001/1m',
    '1/60',
    '1/999ms',
    '1/25h',
    '-1/1m',
    '1.5/1m',
    '',
    7,
    null,
  ])
    assert.equal(read(rate, wrong), 1, String(wrong))
  assert.equal(rate.write({ tokens: 600, periodMs: 60_000 }), '600/1m')
})

test('addresses are addresses or networks', () => {
  assert.deepEqual(read(addressRanges, '10.0.0.0/8, ::1'), ['10.0.0.0/8', '::1'])
  assert.deepEqual(read(addressRanges, ''), [])
  for (const wrong of [['localhost'], ['10.0.0.0/33'], ['10.0.0'], [7], [''], ['*']])
    assert.equal(read(addressRanges, wrong), 1, String(wrong))
})

test('origins have a scheme and a host, and nothing behind', () => {
  assert.deepEqual(read(origins, ['https://Console.example:443', '*']), ['https://console.example', '*'])
  for (const wrong of ['console.example', 'https://a.example/x', 'null', 'file:///x', 'https://u@a.example'])
    assert.equal(read(origins, [wrong]), 1, wrong)
})

test('a namespace says from where it is there', () => {
  const given = (addresses: unknown) =>
    loadConfig(inputOf({ flags: { namespaces: JSON.stringify({ acme: { addresses } }) } }))
  const loaded = given(['192.0.2.0/24'])
  assert.ok('config' in loaded)
  assert.deepEqual(loaded.config.namespaces['acme']?.addresses, ['192.0.2.0/24'])
  for (const wrong of [[], ['x'], 7]) assert.ok('mistakes' in given(wrong), String(wrong))
})

test('the password of rates.redis is not shown, and its authority wants TLS', () => {
  const given = (url: string, flags = {}) => loadConfig(inputOf({ flags: { 'rates-redis': url, ...flags } }))
  const loaded = given('redis://u:hunter2@127.0.0.1:6379')
  assert.ok('config' in loaded)
  assert.doesNotMatch(JSON.stringify(maskSecrets(loaded.config)), /hunter2/)
  assert.ok('mistakes' in given('redis://127.0.0.1', { 'rates-ca': '/nowhere.pem' }))
})
