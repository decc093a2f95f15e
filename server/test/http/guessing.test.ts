import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startWithAccounts } from '../kit/accounted-registry.ts'
import { type Answer, ask } from '../kit/http-client.ts'
import { startTestRegistry, type TestRegistry } from '../kit/test-registry.ts'

const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`
const proxies = ['127.0.0.1']
const few = {
  wrongPasswordsFrom: { tokens: 6, periodMs: 60_000 },
  wrongPasswordsFor: { tokens: 4, periodMs: 60_000 },
}
const off = { wrongPasswordsFrom: 'off', wrongPasswordsFor: 'off' } as const

function guess(registry: TestRegistry, pair: string, from = '203.0.113.7'): Promise<Answer> {
  const headers = { Authorization: basic(pair), 'X-Forwarded-For': from }
  return ask(registry.url, { path: '/api/v1/me', headers })
}

const start = (rates: typeof few | typeof off): Promise<TestRegistry> =>
  startTestRegistry({ users: { ada: 'correct horse', bob: 'other' }, rates, gate: { proxies } })

async function guesses(registry: TestRegistry, passwords: readonly string[]): Promise<number[]> {
  const found: number[] = []
  for (const password of passwords) found.push((await guess(registry, `ada:${password}`)).status)
  return found
}

const list = ['1', '2', '3', '4', '5', '6', '7', 'correct horse']

describe('guessing passwords', () => {
  it('finds one where nothing is counted, and does not where it is', async () => {
    await using open = await start(off)
    assert.equal((await guesses(open, list)).at(-1), 200)
    await using closed = await start(few)
    assert.deepEqual(await guesses(closed, list), [401, 401, 401, 401, 429, 429, 429, 429])
    const { headers } = await guess(closed, 'ada:8')
    assert.equal(headers['retry-after'], '15')
    await closed.clock.advance(15_000)
    assert.equal((await guess(closed, 'ada:correct horse')).status, 200)
  })

  it('is counted before it is tried: as many at once are as many', async () => {
    await using registry = await start(few)
    const all = await Promise.all(list.map((password) => guess(registry, `ada:${password}x`)))
    const refused = all.filter(({ status }) => status === 429)
    assert.equal(refused.length, 4)
  })

  it('for many accounts is counted for the address, also where they are not there', async () => {
    await using registry = await start(few)
    const found: number[] = []
    for (let at = 0; at < 8; at++) found.push((await guess(registry, `nobody${at}:x`)).status)
    assert.deepEqual(found, [401, 401, 401, 401, 401, 401, 429, 429])
    assert.equal((await guess(registry, 'nobody9:x', '203.0.113.8')).status, 401)
  })

  it('from many addresses is counted for the account, in the same way whether it is there or not', async () => {
    await using registry = await start(few)
    for (const name of ['ada', 'nobody']) {
      const found: string[] = []
      for (let at = 0; at < 6; at++) {
        const { status, text } = await guess(registry, `${name}:x`, `198.51.100.${at}`)
        found.push(`${status} ${JSON.parse(text()).code}`)
      }
      assert.deepEqual(found, [
        ...Array(4).fill('401 unauthenticated'),
        ...Array(2).fill('429 too-many-requests'),
      ])
    }
  })

  it('keeps nobody out who has come from their address before', async () => {
    await using registry = await start(few)
    const home = '192.0.2.10'
    assert.equal((await guess(registry, 'ada:correct horse', home)).status, 200)
    for (let at = 0; at < 6; at++) await guess(registry, 'ada:x', `198.51.100.${at}`)
    for (let at = 0; at < 8; at++) await guess(registry, `nobody${at}:x`, home)
    assert.equal((await guess(registry, 'bob:other', home)).status, 429)
    assert.equal((await guess(registry, 'ada:correct horse', home)).status, 200)
    // Who guesses from there is counted too.
    const found: number[] = []
    for (let at = 0; at < 6; at++) found.push((await guess(registry, 'ada:x', home)).status)
    assert.deepEqual(found, [401, 401, 401, 401, 429, 429])
  })

  it('with the right password costs nothing, however often', async () => {
    await using registry = await start(few)
    for (let at = 0; at < 20; at++) assert.equal((await guess(registry, 'ada:correct horse')).status, 200)
  })

  it('is counted at every door, and not evaded by an address that somebody makes up', async () => {
    const rates = few
    await using registry = await startTestRegistry({
      users: { ada: 'correct horse' },
      rates,
      access: { metrics: ['ada'] },
    })
    const headers = (at: number) => ({
      Authorization: basic(`ada:${at}`),
      'X-Forwarded-For': `203.0.113.${at}`,
    })
    const paths = [
      '/v2/',
      '/token',
      '/metrics',
      '/api/v1/me',
      '/v2/',
      '/token',
      '/metrics',
      '/api/v1/me',
      '/',
    ]
    const found: number[] = []
    for (const [at, path] of paths.entries())
      found.push((await ask(registry.url, { path, headers: headers(at) })).status)
    assert.deepEqual(found, [401, 401, 401, 401, 429, 429, 429, 429, 429])
    const body = new URLSearchParams({ name: 'ada', password: 'correct horse' }).toString()
    const type = { 'Content-Type': 'application/x-www-form-urlencoded' }
    assert.equal(
      (await ask(registry.url, { method: 'POST', path: '/login', headers: type, body })).status,
      429,
    )
  })

  it('is counted for whoever has a session of theirs too', async () => {
    await using registry = await startWithAccounts({ rates: few })
    const type = { 'Content-Type': 'application/x-www-form-urlencoded' }
    const post = (path: string, fields: Record<string, string>, Cookie = '') =>
      ask(registry.url, {
        method: 'POST',
        path,
        headers: { ...type, Cookie },
        body: new URLSearchParams(fields).toString(),
      })
    const login = await post('/login', { name: 'ada', password: 'correct horse' })
    const [cookie = ''] = String(login.headers['set-cookie']).split(';')
    const { csrf } = (await ask(registry.url, { path: '/api/v1/me', headers: { Cookie: cookie } })).json()
    const found: number[] = []
    for (let at = 0; at < 6; at++)
      found.push((await post('/account', { csrf, before: `${at}`, after: 'battery staple' }, cookie)).status)
    assert.deepEqual(found, [403, 403, 403, 403, 429, 429])
  })
})
