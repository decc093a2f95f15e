import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Answer, ask } from '../kit/http-client.ts'
import { startTestRegistry } from '../kit/test-registry.ts'

const three = { tokens: 3, periodMs: 60_000 }
/** What this test's own connections come from. */
const behindProxy = { proxies: ['127.0.0.1'] }

const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`

async function statuses(count: number, one: (at: number) => Promise<Answer>): Promise<number[]> {
  const found: number[] = []
  for (let at = 0; at < count; at++) found.push((await one(at)).status)
  return found
}

describe('how often something may be asked', () => {
  it('is said in each answer, and one more is told when to come back, in the form of its protocol', async () => {
    await using registry = await startTestRegistry({ rates: { anonymousReads: three } })
    const path = '/v2/acme/app/manifests/none'
    for (const left of [2, 1, 0]) {
      const { status, headers } = await ask(registry.url, { path })
      assert.equal(status, 404)
      assert.equal(headers['ratelimit-policy'], '"read";q=3;w=60')
      assert.equal(headers['ratelimit'], `"read";r=${left};t=${(3 - left) * 20}`)
      assert.equal(headers['retry-after'], undefined)
    }
    const refused = await ask(registry.url, { path })
    assert.equal(refused.status, 429)
    assert.equal(refused.json().errors[0].code, 'TOOMANYREQUESTS')
    assert.equal(refused.headers['retry-after'], '20')
    assert.equal(refused.headers['ratelimit'], '"read";r=0;t=60')
    const ofApi = await ask(registry.url, { path: '/api/v1/me' })
    assert.deepEqual(
      [ofApi.status, ofApi.json().code, ofApi.headers['content-type']],
      [429, 'too-many-requests', 'application/problem+json'],
    )
    const page = await ask(registry.url, { path: '/' })
    assert.equal(page.status, 429)
    assert.match(page.text(), /too many requests/)
    assert.equal((await ask(registry.url, { path: '/healthz' })).status, 200)
    await registry.clock.advance(20_000)
    assert.deepEqual(await statuses(2, () => ask(registry.url, { path })), [404, 429])
  })

  it('says nothing where nothing is set', async () => {
    await using registry = await startTestRegistry()
    const { headers } = await ask(registry.url, { path: '/api/v1/me' })
    assert.deepEqual([headers['ratelimit'], headers['ratelimit-policy']], [undefined, undefined])
  })

  it('differs by what is asked for', async () => {
    await using registry = await startTestRegistry({
      rates: {
        anonymousReads: { ...three, tokens: 2 },
        anonymousWrites: { ...three, tokens: 1 },
        anonymousSearches: { ...three, tokens: 1 },
        anonymousLogins: { ...three, tokens: 1 },
      },
    })
    const classOf = async (method: string, path: string): Promise<unknown[]> => {
      const { status, headers } = await ask(registry.url, { method, path })
      return [status === 429, headers['ratelimit']]
    }
    assert.deepEqual(await classOf('GET', '/api/v1/search?q=x'), [false, '"search";r=0;t=60'])
    assert.deepEqual(await classOf('GET', '/?q=x'), [true, '"search";r=0;t=60'])
    assert.deepEqual(await classOf('GET', '/token'), [false, '"login";r=0;t=60'])
    assert.deepEqual(await classOf('POST', '/login'), [true, '"login";r=0;t=60'])
    assert.deepEqual(await classOf('POST', '/oauth/token'), [true, '"login";r=0;t=60'])
    assert.deepEqual(await classOf('POST', '/oauth/device'), [true, '"login";r=0;t=60'])
    assert.deepEqual(await classOf('GET', '/sign-in/company'), [true, '"login";r=0;t=60'])
    assert.deepEqual(await classOf('POST', '/api/v1/tokens'), [true, '"login";r=0;t=60'])
    assert.deepEqual(await classOf('POST', '/api/v1/me/second-factor/totp'), [true, '"login";r=0;t=60'])
    assert.deepEqual(await classOf('POST', '/v2/a/b/blobs/uploads/'), [false, '"write";r=0;t=60'])
    assert.deepEqual(await classOf('DELETE', '/api/v1/me/keys/x'), [true, '"write";r=0;t=60'])
    assert.deepEqual(await classOf('HEAD', '/v2/a/b/manifests/x'), [false, '"read";r=1;t=30'])
  })

  it('is counted for each account, from wherever it comes, and apart from who has none', async () => {
    await using registry = await startTestRegistry({
      users: { ada: 'one', bob: 'two' },
      rates: { reads: three, anonymousReads: { ...three, tokens: 1 } },
      gate: behindProxy,
    })
    const as = (pair: string | undefined, from: string) =>
      ask(registry.url, {
        path: '/api/v1/me',
        headers: {
          'X-Forwarded-For': from,
          ...(pair !== undefined && { Authorization: basic(pair) }),
        },
      })
    const ada = await statuses(4, (at) => as('ada:one', `203.0.113.${at}`))
    assert.deepEqual(ada, [200, 200, 200, 429])
    assert.equal((await as('bob:two', '203.0.113.1')).status, 200)
    assert.deepEqual(await statuses(2, () => as(undefined, '203.0.113.1')), [200, 429])
    assert.equal((await as('bob:two', '203.0.113.1')).status, 200)
  })

  it('counts who says wrongly who they are as who says nothing', async () => {
    await using registry = await startTestRegistry({
      users: { ada: 'one' },
      rates: {
        anonymousReads: three,
        anonymousLogins: three,
        wrongPasswordsFrom: 'off',
        wrongPasswordsFor: 'off',
      },
    })
    for (const headers of [
      { Authorization: basic('ada:wrong') },
      { Authorization: 'Bearer not.a.token' },
      { Authorization: 'Basic !' },
    ])
      assert.equal((await ask(registry.url, { path: '/api/v1/me', headers })).status, 401)
    const wrong = { path: '/api/v1/me', headers: { Authorization: 'Bearer not.a.token' } }
    assert.equal((await ask(registry.url, wrong)).status, 429)
    assert.equal((await ask(registry.url, { path: '/api/v1/me' })).status, 429)
    const right = { path: '/api/v1/me', headers: { Authorization: basic('ada:one') } }
    assert.equal((await ask(registry.url, right)).status, 200)
    const tokens = { path: '/token', headers: { Authorization: basic('ada:wrong') } }
    assert.deepEqual(await statuses(4, () => ask(registry.url, tokens)), [401, 401, 401, 429])
  })

  it('is not evaded by an address that somebody makes up', async () => {
    const tries = async (gate: { proxies: string[] }): Promise<number[]> => {
      await using registry = await startTestRegistry({ rates: { anonymousReads: three }, gate })
      return await statuses(6, (at) =>
        ask(registry.url, {
          path: '/api/v1/me',
          headers: {
            'X-Forwarded-For': `203.0.113.${at}`,
            Forwarded: `for=203.0.113.${at}`,
            'X-Real-IP': `203.0.113.${at}`,
          },
        }),
      )
    }
    const limited = [200, 200, 200, 429, 429, 429]
    assert.deepEqual(await tries({ proxies: [] }), limited)
    assert.deepEqual(await tries({ proxies: ['192.0.2.1'] }), limited)
    // The attack: where the client itself is taken for a proxy, it is somebody else each time.
    assert.deepEqual(await tries(behindProxy), [200, 200, 200, 200, 200, 200])
  })

  it('is not evaded behind a proxy that appends to what the client has sent', async () => {
    await using registry = await startTestRegistry({
      rates: { anonymousReads: three },
      gate: { proxies: ['127.0.0.1', '10.0.0.0/8'] },
    })
    const found = await statuses(6, (at) =>
      ask(registry.url, {
        path: '/api/v1/me',
        headers: { 'X-Forwarded-For': `198.51.100.${at}, 203.0.113.7, 10.0.0.${at}` },
      }),
    )
    assert.deepEqual(found, [200, 200, 200, 429, 429, 429])
  })

  it('is not evaded by the many addresses of one IPv6 network', async () => {
    await using registry = await startTestRegistry({ rates: { anonymousReads: three }, gate: behindProxy })
    const from = (address: string) =>
      ask(registry.url, { path: '/api/v1/me', headers: { 'X-Forwarded-For': address } })
    const found = await statuses(5, (at) => from(`2001:db8:1:2:${at}::${at}`))
    assert.deepEqual(found, [200, 200, 200, 429, 429])
    assert.equal((await from('2001:db8:1:3::1')).status, 200)
  })
})
