import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { describe, it } from 'node:test'
import { AddressRanges } from '../../src/domain/address-ranges.ts'
import { cameFrom, type TrustedProxies } from '../../src/http/came-from.ts'

const trusted = (header: TrustedProxies['header'] = 'x-forwarded'): TrustedProxies => ({
  addresses: new AddressRanges(['10.0.0.0/8', '2001:db8:1::/48']),
  header,
})

function from(remoteAddress: string, headers: Record<string, string>, proxies?: TrustedProxies) {
  return cameFrom({ headers, socket: { remoteAddress } } as unknown as IncomingMessage, proxies)
}

const addressBy = (header: TrustedProxies['header'], name: string) => (value: string) =>
  from('10.0.0.1', { [name]: value }, trusted(header)).address

describe('where a request comes from', () => {
  it('is the connection, whatever its headers say, unless that is a proxy’s', () => {
    const forged = {
      host: 'a.example',
      forwarded: 'for=198.51.100.9;proto=https;host=evil.example',
      'x-forwarded-for': '198.51.100.9',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'evil.example',
      'x-real-ip': '198.51.100.9',
    }
    const expected = { address: '203.0.113.7', host: 'a.example', scheme: 'http', isBrought: false }
    assert.deepEqual(from('203.0.113.7', forged), expected)
    assert.deepEqual(from('203.0.113.7', forged, trusted()), expected)
    // The attack, where everybody is a proxy: any address can be claimed.
    const anyone = { addresses: new AddressRanges(['0.0.0.0/0']), header: 'x-forwarded' } as const
    assert.equal(from('203.0.113.7', forged, anyone).address, '198.51.100.9')
  })

  it('is read from the right: what a client has written before does not count', () => {
    const address = addressBy('x-forwarded', 'x-forwarded-for')
    assert.equal(address('203.0.113.7'), '203.0.113.7')
    assert.equal(address('198.51.100.9, 203.0.113.7'), '203.0.113.7')
    assert.equal(address('198.51.100.9, 203.0.113.7, 10.2.3.4'), '203.0.113.7')
    assert.equal(address('203.0.113.7, 10.2.3.4,10.9.9.9'), '203.0.113.7')
    assert.equal(address('10.1.1.1, 10.2.3.4'), '10.1.1.1')
    assert.equal(address('2001:db8:2::7, 2001:db8:1::1'), '2001:db8:2::7')
    assert.equal(address('[2001:db8:2::7]:4711'), '2001:db8:2::7')
    assert.equal(address('203.0.113.7:4711'), '203.0.113.7')
    assert.equal(
      from('::ffff:10.0.0.1', { 'x-forwarded-for': '203.0.113.7' }, trusted()).address,
      '203.0.113.7',
    )
  })

  it('is the proxy’s where that does not tell, or tells what is no address', () => {
    const address = addressBy('x-forwarded', 'x-forwarded-for')
    for (const odd of [
      '',
      'unknown',
      'evil',
      '203.0.113.7, nonsense',
      `${'1'.repeat(70)}`,
      ',',
      '203.0.113.7,',
    ])
      assert.equal(address(odd), '10.0.0.1', odd)
    assert.equal(from('10.0.0.1', {}, trusted()).address, '10.0.0.1')
  })

  it('is read from the one header that is configured: the other one may be the client’s', () => {
    const both = { forwarded: 'for=198.51.100.9', 'x-forwarded-for': '203.0.113.7' }
    assert.equal(from('10.0.0.1', both, trusted()).address, '203.0.113.7')
    assert.equal(from('10.0.0.1', both, trusted('forwarded')).address, '198.51.100.9')
  })

  it('stands in Forwarded as RFC 7239 has it', () => {
    const address = addressBy('forwarded', 'forwarded')
    assert.equal(address('for=203.0.113.7;proto=https'), '203.0.113.7')
    assert.equal(address('For="[2001:db8:2::7]:4711"; By=10.0.0.1'), '2001:db8:2::7')
    assert.equal(address('for=198.51.100.9, for=203.0.113.7, for=10.2.3.4'), '203.0.113.7')
    assert.equal(address('for="198.51.100.9, for=198.51.100.8", for=203.0.113.7'), '203.0.113.7')
    assert.equal(address('for="\\"198.51.100.9", for=203.0.113.7'), '203.0.113.7')
    for (const odd of ['for=unknown', 'for=_hidden', 'proto=https', '', 'for=', 'for=203.0.113.7, for=_x'])
      assert.equal(address(odd), '10.0.0.1', odd)
    const told = {
      forwarded: 'for=203.0.113.7;host=a.example:5000;proto=HTTPS, for=10.2.3.4;host=b;proto=http',
    }
    assert.deepEqual(from('10.0.0.1', told, trusted('forwarded')), {
      address: '203.0.113.7',
      host: 'a.example:5000',
      scheme: 'https',
      isBrought: true,
    })
  })

  it('has the host and the scheme that the nearest proxy has put down last', () => {
    const told = (headers: Record<string, string>) => {
      const { host, scheme } = from('10.0.0.1', { host: 'inside', ...headers }, trusted())
      return [host, scheme]
    }
    assert.deepEqual(told({ 'x-forwarded-host': 'a.example', 'x-forwarded-proto': 'https' }), [
      'a.example',
      'https',
    ])
    assert.deepEqual(told({ 'x-forwarded-host': 'evil, a.example', 'x-forwarded-proto': 'https, http' }), [
      'a.example',
      'http',
    ])
    for (const host of ['a b', 'a/b', 'a@b', '<a>', 'a:b', '', 'a\\b', `${'a'.repeat(300)}`])
      assert.deepEqual(told({ 'x-forwarded-host': host, 'x-forwarded-proto': 'javascript' }), [
        'inside',
        undefined,
      ])
  })
})
