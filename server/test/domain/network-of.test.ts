import assert from 'node:assert/strict'
import { test } from 'node:test'
import { groupsOf, networkOf } from '../../src/domain/network-of.ts'

test('an address is counted as what somebody has of addresses at the least', () => {
  for (const [address, network] of [
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:DB8:0:0:ffff:ffff:ffff:ffff', '2001:db8:0:0::/64'],
    ['2001:db8:0:1::1', '2001:db8:0:1::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['64:ff9b::203.0.113.7', '64:ff9b:0:0::/64'],
    ['', ''],
    ['nonsense', 'nonsense'],
  ])
    assert.equal(networkOf(address ?? ''), network)
})

test('an address has eight groups, however it is written', () => {
  assert.deepEqual(groupsOf('::'), [0, 0, 0, 0, 0, 0, 0, 0])
  assert.deepEqual(groupsOf('1:2:3:4:5:6:7:8'), [1, 2, 3, 4, 5, 6, 7, 8])
  assert.deepEqual(groupsOf('::ffff:127.0.0.1'), [0, 0, 0, 0, 0, 0xffff, 0x7f00, 1])
  assert.deepEqual(groupsOf('64:ff9b::10.0.0.1'), [0x64, 0xff9b, 0, 0, 0, 0, 0x0a00, 1])
})
