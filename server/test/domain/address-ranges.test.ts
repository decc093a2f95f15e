import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AddressRanges } from '../../src/domain/address-ranges.ts'

test('addresses and networks of both families hold what is in them', () => {
  const ranges = new AddressRanges(['192.0.2.7', '10.0.0.0/8', '2001:db8::/32', '::1'])
  for (const inside of ['192.0.2.7', '10.255.0.1', '::ffff:10.1.2.3', '2001:db8:1::9', '::1'])
    assert.equal(ranges.has(inside), true, inside)
  for (const outside of [
    '192.0.2.8',
    '11.0.0.1',
    '::ffff:11.1.2.3',
    '2001:db9::1',
    '::2',
    '',
    'localhost',
    '10.1',
  ])
    assert.equal(ranges.has(outside), false, outside)
  assert.equal(new AddressRanges([]).has('10.0.0.1'), false)
  assert.equal(new AddressRanges(['0.0.0.0/0']).has('203.0.113.1'), true)
})

test('what is neither is refused', () => {
  for (const wrong of [
    '',
    'example.org',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '::/129',
    '10.0.0.0/-1',
    '10/8',
  ])
    assert.throws(() => new AddressRanges([wrong]), TypeError, wrong)
})
