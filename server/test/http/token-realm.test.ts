import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { describe, test } from 'node:test'
import { AddressRanges } from '../../src/domain/address-ranges.ts'
import { cameFrom, type TrustedProxies } from '../../src/http/came-from.ts'
import type { Exchange } from '../../src/http/exchange.ts'
import type { AddressSettings } from '../../src/http/own-address.ts'
import { tokenRealm } from '../../src/http/token-realm.ts'

const plain: AddressSettings = { publicUrl: undefined, tls: false, own: new Set(['registry.example']) }

function realm(
  headers: Record<string, string>,
  settings: Partial<AddressSettings> = {},
  proxies?: TrustedProxies,
): string | undefined {
  const socket = { localPort: 7070, remoteAddress: '192.0.2.1' }
  const request = { headers, socket } as unknown as IncomingMessage
  const exchange = { request, cameFrom: cameFrom(request, proxies) } as unknown as Exchange
  return tokenRealm(exchange, { ...plain, ...settings })
}

describe('where a client gets its tokens', () => {
  test('is what the configuration says, whatever the request does', () => {
    const publicUrl = 'https://registry.example'
    for (const host of ['evil.example.com', '127.0.0.1:7070', 'registry.example'])
      assert.equal(
        realm({ host, 'x-forwarded-host': 'evil.example.com' }, { publicUrl }),
        `${publicUrl}/token`,
      )
  })

  test('is where it came to by itself, by an address or a name that is nobody else’s', () => {
    for (const host of [
      '127.0.0.1:7070',
      '[::1]:7070',
      'localhost:7070',
      'registry:7070',
      'a.internal:7070',
      'registry.example:7070',
    ])
      assert.equal(realm({ host }), `http://${host}/token`)
    assert.equal(realm({ host: 'localhost:7070' }, { tls: true }), 'https://localhost:7070/token')
  })

  test('is not what somebody else may have made of the Host header', () => {
    for (const host of [
      'evil.example.com',
      'evil.example.com:7070',
      'registry.example.evil.example.com:7070',
      'localhost:7071',
      'localhost',
      'user@localhost:7070',
      'localhost:7070/evil',
      'localhost:7070?x',
      'localhost:7070#x',
      'localhost:7070"',
      'localhost:7070,evil.example.com:7070',
      'localhost:7070 evil.example.com',
      'localhost\\evil:7070',
      'evil.example.com\\@localhost:7070',
      '',
      ':7070',
      '[::1:7070',
    ])
      assert.equal(realm({ host }), undefined, host)
    assert.equal(realm({}), undefined)
  })

  test('is not known behind a proxy, which may end TLS', () => {
    for (const sign of [
      'forwarded',
      'via',
      'x-forwarded-for',
      'x-forwarded-host',
      'x-forwarded-proto',
      'x-real-ip',
    ])
      assert.equal(realm({ host: 'localhost:7070', [sign]: 'x' }), undefined, sign)
  })

  test('is what a trusted proxy says that it was asked for, where that can be nobody else’s', () => {
    const proxies: TrustedProxies = { addresses: new AddressRanges(['192.0.2.0/24']), header: 'x-forwarded' }
    const brought = { host: 'inside:7070', 'x-forwarded-for': '203.0.113.7' }
    const https = { ...brought, 'x-forwarded-proto': 'https' }
    const own = { ...https, 'x-forwarded-host': 'registry.example' }
    assert.equal(realm(own, {}, proxies), 'https://registry.example/token')
    assert.equal(realm(https, {}, proxies), 'https://inside:7070/token')
    // Neither a name that is anybody's, nor a scheme that nobody has said.
    assert.equal(realm({ ...https, 'x-forwarded-host': 'evil.example.com' }, {}, proxies), undefined)
    assert.equal(realm({ ...own, 'x-forwarded-proto': 'gopher' }, {}, proxies), undefined)
    assert.equal(realm(brought, {}, proxies), undefined)
    assert.equal(realm(own, {}, { ...proxies, addresses: new AddressRanges(['198.51.100.1']) }), undefined)
  })
})
