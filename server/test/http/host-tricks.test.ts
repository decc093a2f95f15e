import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { accounts } from '../../src/core/access/tables.ts'
import { patch } from '../../src/ports/store/change.ts'
import { startWithAccounts } from '../kit/accounted-registry.ts'
import { ask } from '../kit/http-client.ts'
import { RawConnection } from '../kit/raw-connection.ts'
import { startTestRegistry } from '../kit/test-registry.ts'
import { until } from '../kit/until.ts'

const evil = 'evil.example.com'

describe('what a client says of the host', () => {
  /** All that may come from the Host header: challenges, pages, links, redirects. */
  const paths = ['/v2/', '/v2/acme/app/tags/list', '/', '/login', '/r/acme/app', '/api/v1/me', '/nowhere']
  const forged: Readonly<Record<string, Record<string, string>>> = {
    'a Host': { Host: evil },
    'X-Forwarded-Host': { 'X-Forwarded-Host': evil, 'X-Forwarded-Proto': 'https' },
    Forwarded: { Forwarded: `for=203.0.113.7;host=${evil};proto=https` },
    'other headers': {
      'X-Host': evil,
      'X-Original-Host': evil,
      'X-Forwarded-Server': evil,
      'X-Original-URL': '/metrics',
    },
  }

  for (const [what, headers] of Object.entries(forged)) {
    it(`is in no answer that others may get: ${what}`, async () => {
      await using registry = await startTestRegistry({
        users: { ada: 'one' },
        access: { read: ['ada'], write: ['ada'] },
        publicUrl: 'https://registry.example',
      })
      for (const path of paths) {
        const answer = await ask(registry.url, { path, headers })
        const all = `${answer.rawHeaders.join('\n')}\n${answer.text()}`
        assert.ok(!all.includes(evil), `${path}: ${all}`)
      }
    })
  }

  it('sends nobody’s password elsewhere, unless a proxy that anybody can be is believed', async () => {
    const challenge = async (proxies: readonly string[]): Promise<string> => {
      await using registry = await startTestRegistry({
        users: { ada: 'one' },
        access: { read: ['ada'], write: ['ada'], hosts: [evil] },
        gate: { proxies },
      })
      const headers = {
        'X-Forwarded-Host': evil,
        'X-Forwarded-Proto': 'https',
        'X-Forwarded-For': '203.0.113.7',
      }
      return String((await ask(registry.url, { path: '/v2/', headers })).headers['www-authenticate'])
    }
    assert.doesNotMatch(await challenge([]), /evil/)
    // The attack: the client is taken for a proxy, and the name for one of the registry’s own.
    assert.match(await challenge(['127.0.0.1']), /realm="https:\/\/evil\.example\.com\/token"/)
  })

  it('is in no letter that somebody is sent', async () => {
    const letters: string[] = []
    await using registry = await startWithAccounts({
      publicUrl: 'https://registry.example',
      mail: {
        send: async ({ text }) => void letters.push(text),
        close: async () => undefined,
      },
    })
    const { core } = registry.composed
    await core.ledger.keep(async () => ({
      value: undefined,
      changes: [patch(accounts, ['ada'], { set: { email: 'ada@example.com', emailVerifiedAt: 1 } })],
    }))
    const answer = await ask(registry.url, {
      method: 'POST',
      path: '/forgotten',
      headers: {
        Host: evil,
        'X-Forwarded-Host': evil,
        'Content-Type': 'application/x-www-form-urlencoded',
      },
      body: 'name=ada',
    })
    assert.equal(answer.status, 200, answer.text())
    await until(async () => {
      await registry.clock.advance(1_000)
      return letters.length > 0
    })
    assert.match(letters.join(), /https:\/\/registry\.example\/password\?token=/)
    assert.doesNotMatch(letters.join(), /evil/)
  })

  it('in the target counts no more than the Host header, and both must be one name', async () => {
    await using registry = await startTestRegistry({
      users: { ada: 'one' },
      access: { read: ['ada'], write: ['ada'] },
    })
    using client = await RawConnection.open(registry.url)
    client.head(`GET http://${evil}/v2/ HTTP/1.1`, `Host: ${new URL(registry.url).host}`, 'Connection: close')
    const answer = await client.untilClosed()
    assert.match(answer, /^HTTP\/1\.1 401/)
    assert.ok(!answer.includes(evil), answer)
    for (const hosts of [
      [evil, 'localhost'],
      ['localhost', evil],
      [`localhost, ${evil}`],
      [`${evil}/x`],
      [`a@${evil}`],
    ]) {
      using odd = await RawConnection.open(registry.url)
      odd.head('GET /v2/ HTTP/1.1', ...hosts.map((host) => `Host: ${host}`))
      assert.match(await odd.untilClosed(), /^HTTP\/1\.1 400/)
    }
  })
})

describe('what a client says, in headers of the answer', () => {
  const injected = 'X-Injected: yes'
  const split = `%0d%0a${encodeURIComponent(injected)}%0d%0a%0d%0a<script>`
  const isInjected = (text: string): boolean => /^x-injected:/im.test(text.split('\r\n\r\n')[0] ?? '')

  it('stays what it is, wherever it comes back', async () => {
    await using registry = await startWithAccounts({ gate: { corsOrigins: ['https://console.example'] } })
    const ada = `Authorization: Basic ${Buffer.from('ada:correct horse').toString('base64')}`
    const body = `name=ada&password=correct+horse&next=/${split}`
    const ofForm = 'Content-Type: application/x-www-form-urlencoded'
    const requests: readonly (readonly string[])[] = [
      [`GET /v2/acme/app/tags/list?n=1&last=${split} HTTP/1.1`, ada],
      [`GET /v2/_catalog?n=1&last=${split} HTTP/1.1`, ada],
      [`GET /v2/acme/app/manifests/${split} HTTP/1.1`, ada],
      [`GET /v2/acme${split}/app/tags/list HTTP/1.1`, ada],
      [`POST /v2/acme/app/blobs/uploads/?digest=${split} HTTP/1.1`, ada, 'Content-Length: 0'],
      [`POST /v2/acme${split}/app/blobs/uploads/ HTTP/1.1`, ada, 'Content-Length: 0'],
      [`GET /token?service=lading&scope=repository:a/b:${split} HTTP/1.1`, ada],
      [`GET /problems/${split} HTTP/1.1`],
      [`GET /api/v1/${split} HTTP/1.1`],
      [`GET /login?next=${split} HTTP/1.1`],
      ['GET /api/v1/me HTTP/1.1', `X-Request-Id: a${split}`],
      ['GET /api/v1/me HTTP/1.1', `Origin: https://console.example${split}`],
      ['GET /api/v1/me HTTP/1.1', `Traceparent: ${split}`],
      ['POST /login HTTP/1.1', ofForm, `Content-Length: ${body.length}`],
    ]
    for (const lines of requests) {
      using client = await RawConnection.open(registry.url)
      client.head(...lines, 'Host: localhost', 'Connection: close')
      if (lines.includes(ofForm)) client.write(body)
      const answer = await client.untilClosed()
      assert.match(answer, /^HTTP\/1\.1 [2345]/, lines.join())
      assert.ok(!isInjected(answer), answer)
      assert.doesNotMatch(answer, /^<script>/m)
      const id = /^X-Request-Id: (.*)\r$/m.exec(answer)?.[1] ?? ''
      assert.match(id, /^[A-Za-z0-9._:/+=-]{1,128}$/)
    }
  })
})
