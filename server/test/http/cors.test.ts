import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startWithAccounts } from '../kit/accounted-registry.ts'
import { type Answer, ask } from '../kit/http-client.ts'
import { startTestRegistry, type TestRegistry } from '../kit/test-registry.ts'

const console_ = 'https://console.example'
const allowed = { gate: { corsOrigins: [console_] } }

const preflight = (registry: TestRegistry, path: string, origin = console_): Promise<Answer> =>
  ask(registry.url, {
    method: 'OPTIONS',
    path,
    headers: { Origin: origin, 'Access-Control-Request-Method': 'PUT' },
  })

const sharing = ({ headers }: Answer): string[] =>
  Object.keys(headers).filter((name) => name.startsWith('access-control-'))

describe('pages of other web sites', () => {
  it('may read nothing where none are named', async () => {
    await using registry = await startTestRegistry()
    for (const path of ['/api/v1/me', '/v2/', '/token', '/.well-known/jwks.json', '/']) {
      assert.deepEqual(sharing(await ask(registry.url, { path, headers: { Origin: console_ } })), [], path)
      assert.deepEqual(sharing(await preflight(registry, path)), [], path)
    }
  })

  it('may use what is for programs, where they are named, and no page', async () => {
    await using registry = await startTestRegistry({ ...allowed, users: { ada: 'one' } })
    for (const path of ['/api/v1/me', '/v2/a/b/manifests/x', '/token', '/.well-known/jwks.json']) {
      const asked = await preflight(registry, path)
      assert.equal(asked.status, 204, path)
      assert.equal(asked.headers['access-control-allow-origin'], console_)
      assert.match(String(asked.headers['access-control-allow-headers']), /Authorization/)
      assert.match(String(asked.headers['access-control-allow-methods']), /PUT/)
      assert.equal(asked.headers['access-control-max-age'], '600')
      assert.equal(asked.headers['access-control-allow-credentials'], undefined)
      assert.match(String(asked.headers['vary']), /Origin/)
      const read = await ask(registry.url, { path, headers: { Origin: console_ } })
      assert.equal(read.headers['access-control-allow-origin'], console_, path)
      assert.match(String(read.headers['access-control-expose-headers']), /Docker-Content-Digest/)
    }
    for (const path of ['/', '/login', '/healthz', '/metrics'])
      assert.deepEqual(sharing(await ask(registry.url, { path, headers: { Origin: console_ } })), [], path)
  })

  it('may write with a token of their own', async () => {
    const write = async (registry: TestRegistry, origin: string): Promise<number> => {
      const headers = { Origin: origin, 'Sec-Fetch-Site': 'cross-site' }
      const path = '/v2/acme/app/blobs/uploads/'
      return (await ask(registry.url, { method: 'POST', path, headers })).status
    }
    await using registry = await startTestRegistry(allowed)
    assert.equal(await write(registry, console_), 202)
    for (const origin of [
      'https://console.example.evil',
      'http://console.example',
      'https://console.example:8443',
      'null',
    ])
      assert.equal(await write(registry, origin), 403, origin)
    await using closed = await startTestRegistry()
    assert.equal(await write(closed, console_), 403)
  })

  it('that are not named are told of none, and no cache mistakes one answer for another', async () => {
    await using registry = await startTestRegistry(allowed)
    for (const headers of [{}, { Origin: 'https://evil.example' }, { Origin: 'null' }]) {
      const answer = await ask(registry.url, { path: '/api/v1/me', headers })
      assert.deepEqual(sharing(answer), [])
      assert.match(String(answer.headers['vary']), /Origin/)
    }
  })

  it('may all be let in, without any of them being told apart', async () => {
    await using registry = await startTestRegistry({ gate: { corsOrigins: ['*'] } })
    const answer = await ask(registry.url, { path: '/api/v1/me', headers: { Origin: 'https://any.example' } })
    assert.equal(answer.headers['access-control-allow-origin'], '*')
    assert.equal(answer.headers['access-control-allow-credentials'], undefined)
  })

  it('have nothing of the session of a visitor', async () => {
    await using registry = await startWithAccounts(allowed)
    const form = new URLSearchParams({ name: 'ada', password: 'correct horse' }).toString()
    const type = { 'Content-Type': 'application/x-www-form-urlencoded' }
    const login = await ask(registry.url, { method: 'POST', path: '/login', headers: type, body: form })
    const [Cookie = ''] = String(login.headers['set-cookie']).split(';')
    const me = async (headers: Record<string, string>): Promise<string> =>
      (await ask(registry.url, { path: '/api/v1/me', headers: { Cookie, ...headers } })).json().principal
    assert.equal(await me({}), 'user:ada')
    assert.equal(await me({ Origin: console_ }), 'anonymous')
  })
})
