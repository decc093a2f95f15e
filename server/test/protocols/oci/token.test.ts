import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { auditEntries } from '../../../src/core/ledger/tables.ts'
import { allRows } from '../../core/invariants.ts'
import { type AccountedRegistry, startWithAccounts } from '../../kit/accounted-registry.ts'
import { type Answer, ask } from '../../kit/http-client.ts'
import { OciClient } from './requirements/oci-client.ts'

const scopeOf = (name: string, actions: string): string => `scope=repository:${name}:${actions}`

describe('the token flow of repositories', () => {
  let registry: AccountedRegistry
  before(async () => {
    registry = await startWithAccounts()
    await new OciClient(registry.url, 'ada:correct horse').pushImage('ada/app', 'v1')
    await new OciClient(registry.url, 'cleo:asp').pushImage('open/app', 'v1')
  })
  after(async () => {
    await registry?.[Symbol.asyncDispose]()
  })

  const get = async (query: string, auth?: string): Promise<Answer> =>
    await ask(registry.url, { path: `/token?${query}`, ...(auth !== undefined && { auth }) })
  const form = async (
    fields: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<Answer> =>
    await ask(registry.url, {
      method: 'POST',
      path: '/token',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
      body: new URLSearchParams(fields).toString(),
    })
  const withToken = async (token: string, path: string, method = 'GET'): Promise<Answer> =>
    await ask(registry.url, { method, path, headers: { Authorization: `Bearer ${token}` } })
  const tokenOf = async (query: string, auth?: string): Promise<string> => {
    const answer = await get(query, auth)
    assert.equal(answer.status, 200, answer.text())
    return answer.json().token
  }
  const ada = 'ada:correct horse'
  const manifest = '/v2/ada/app/manifests/v1'

  it('goes as the challenge says: where, for whom, for what, and then it is answered', async () => {
    const refused = await ask(registry.url, { path: manifest })
    const challenge = refused.headers['www-authenticate'] ?? ''
    assert.equal(
      challenge,
      `Bearer realm="${registry.url}/token",service="lading",scope="repository:ada/app:pull"`,
    )
    const [, , service, scope] = /realm="([^"]+)",service="([^"]+)",scope="([^"]+)"/.exec(challenge) ?? []
    const answer = await get(`service=${service}&scope=${scope}&account=ada&client_id=test`, ada)
    const { token, access_token, expires_in, issued_at, ...rest } = answer.json()
    assert.deepEqual([answer.status, access_token, expires_in], [200, token, 300])
    assert.equal(Date.parse(issued_at), registry.clock.now())
    assert.deepEqual(rest, { scope: 'repository:ada/app:pull', token_type: 'Bearer' })
    assert.match(answer.headers['cache-control'] ?? '', /no-store/)
    assert.equal((await withToken(token, manifest)).status, 200)
    assert.equal((await withToken(token, '/v2/')).status, 200)
  })

  it('says which scope each request wants', async () => {
    const wants = async (method: string, path: string): Promise<string | undefined> =>
      /scope="([^"]*)"/.exec(
        (await ask(registry.url, { method, path })).headers['www-authenticate'] ?? '',
      )?.[1]
    assert.equal(await wants('PUT', manifest), 'repository:ada/app:pull,push')
    assert.equal(await wants('POST', '/v2/ada/app/blobs/uploads/'), 'repository:ada/app:pull,push')
    assert.equal(await wants('GET', '/v2/ada/app/blobs/uploads/u1'), 'repository:ada/app:pull,push')
    assert.equal(await wants('DELETE', manifest), 'repository:ada/app:delete')
    assert.equal(await wants('GET', '/v2/ada/app/tags/list'), 'repository:ada/app:pull')
    assert.equal(await wants('GET', '/v2/'), undefined)
  })

  it('gives who has no name a token for what anyone may, and asks it for no name where that is enough', async () => {
    const token = await tokenOf(`${scopeOf('open/app', 'pull,push')}&${scopeOf('ada/app', 'pull')}`)
    assert.equal((await withToken(token, '/v2/open/app/manifests/v1')).status, 200)
    assert.equal((await withToken(token, '/v2/')).status, 200)
    assert.equal((await withToken(token, manifest)).status, 401)
    assert.equal((await ask(registry.url, { path: '/v2/open/app/manifests/v1' })).status, 200)
    assert.equal((await ask(registry.url, { path: '/v2/' })).status, 401)
  })

  it('asks for another token where one is for less, the same for what is not there', async () => {
    const token = await tokenOf(scopeOf('ada/app', 'pull'), ada)
    for (const [method, path, scope] of [
      ['POST', '/v2/ada/app/blobs/uploads/', 'ada/app:pull,push'],
      ['DELETE', manifest, 'ada/app:delete'],
      ['GET', '/v2/ada/other/manifests/v1', 'ada/other:pull'],
      ['GET', '/v2/bob/private/manifests/v1', 'bob/private:pull'],
    ] as const) {
      const answer = await withToken(token, path, method)
      assert.equal(answer.status, 401, path)
      assert.equal(
        answer.headers['www-authenticate'],
        `Bearer realm="${registry.url}/token",service="lading",scope="repository:${scope}",error="insufficient_scope"`,
      )
      // What clients show of it is all that most people see: whoever keeps the registry finds the refusal by this id.
      const [told] = answer.json().errors
      assert.match(
        told.message,
        /^the token does not allow this in \S+: you may not do it, or it is a token for less$/,
      )
      assert.deepEqual(told.detail, { requestId: answer.headers['x-request-id'] })
    }
  })

  it('tells nobody whether what they may not read is there', async () => {
    await new OciClient(registry.url, 'cleo:asp').pushImage('bob/private', 'v1')
    const paths = ['/v2/bob/private/manifests/v1', '/v2/bob/nothing/manifests/v1']
    const scope = `${scopeOf('bob/private', 'pull')}&${scopeOf('bob/nothing', 'pull')}`
    for (const token of [await tokenOf(scope, ada), await tokenOf(scope)]) {
      const [there, not] = await Promise.all(paths.map((path) => withToken(token, path)))
      assert.deepEqual([there?.status, not?.status], [401, 401])
      const without = (answer: Answer | undefined): string | undefined =>
        answer
          ?.text()
          .replaceAll('private', 'nothing')
          .replaceAll(String(answer.headers['x-request-id']), '<id>')
      assert.equal(without(there), without(not))
    }
    const [there, not] = await Promise.all(paths.map((path) => ask(registry.url, { path, auth: ada })))
    assert.deepEqual([there?.status, not?.status], [404, 404])
  })

  it('lists with a token for the catalog what its owner may read, and pulls nothing with it', async () => {
    const token = await tokenOf('scope=registry:catalog:*', ada)
    assert.deepEqual((await withToken(token, '/v2/_catalog')).json(), {
      repositories: ['ada/app', 'open/app'],
    })
    assert.equal((await withToken(token, manifest)).status, 401)
    const other = await tokenOf(scopeOf('ada/none', 'pull'), ada)
    assert.deepEqual((await withToken(other, '/v2/_catalog')).json(), { repositories: ['open/app'] })
  })

  it('refuses wrong passwords, other services, other methods and what is no form', async () => {
    for (const answer of [
      await get(scopeOf('ada/app', 'pull'), 'ada:wrong'),
      await get('', 'nobody:x'),
      await form({ grant_type: 'password', username: 'ada', password: 'wrong' }),
      await form({ grant_type: 'refresh_token', refresh_token: 'x' }),
    ]) {
      assert.equal(answer.status, 401)
      assert.match(answer.headers['www-authenticate'] ?? '', /^Basic /)
      const { error, errors } = answer.json()
      assert.deepEqual([error, errors[0].code], ['invalid_grant', 'UNAUTHORIZED'])
      assert.equal(answer.json().token, undefined)
    }
    for (const answer of [
      await get('service=elsewhere.example', ada),
      await get(Array.from({ length: 101 }, () => 'scope=repository:a/b:pull').join('&'), ada),
      await form({ grant_type: 'client_credentials' }),
      await form({ grant_type: 'password', username: 'ada' }),
      await form({ grant_type: 'password', username: 'ada', password: 'x\0' }),
      await form({ grant_type: 'password' }, { 'Content-Type': 'application/json' }),
    ])
      assert.equal(answer.status, 400, answer.text())
    assert.equal((await ask(registry.url, { method: 'PUT', path: '/token' })).status, 405)
    assert.equal((await ask(registry.url, { path: '/token/x' })).status, 404)
    assert.equal((await form({ grant_type: 'password', password: 'x'.repeat(70_000) })).status, 413)
  })

  it('takes a password by a form, and a refresh token that stays, as clients keep it in a file', async () => {
    const scope = 'repository:ada/app:pull repository:open/app:pull'
    const first = await form({
      grant_type: 'password',
      service: 'lading',
      client_id: 'docker',
      access_type: 'offline',
      ...{ username: 'ada', password: 'correct horse', scope },
    })
    const { access_token, refresh_token, scope: granted } = first.json()
    assert.equal(granted, scope)
    assert.equal((await withToken(access_token, manifest)).status, 200)
    for (let times = 0; times < 2; times++) {
      const again = (
        await form({ grant_type: 'refresh_token', refresh_token, scope: scopeOf('ada/app', 'push').slice(6) })
      ).json()
      assert.deepEqual([again.refresh_token, again.scope], [refresh_token, 'repository:ada/app:push'])
    }
    assert.match((await get('offline_token=true', ada)).json().refresh_token, /^lading_refresh_/)
    for (const query of ['', 'offline_token=false'])
      assert.equal((await get(query, ada)).json().refresh_token, undefined)
    for (const auth of ['cleo:asp', undefined])
      assert.equal((await get('offline_token=true', auth)).json().refresh_token, undefined)
  })

  it('takes no token where one is made, nor a refresh token anywhere else', async () => {
    const { token, refresh_token } = (
      await get(`offline_token=true&${scopeOf('ada/app', 'pull')}`, ada)
    ).json()
    assert.equal((await withToken(token, `/token?${scopeOf('ada/app', 'push')}`)).status, 401)
    for (const path of ['/v2/', manifest, '/api/v1/me']) {
      const answer = await withToken(refresh_token, path)
      assert.equal(answer.status, 401)
      if (path !== '/api/v1/me')
        assert.match(answer.headers['www-authenticate'] ?? '', /error="invalid_token"/)
      assert.equal((await ask(registry.url, { path, auth: `ada:${refresh_token}` })).status, 401)
    }
  })

  it('is written down with the key that it was made with', async () => {
    const { key, id } = await registry.makeKey()
    const token = await tokenOf(scopeOf('ada/app', 'pull,push'), `any:${key}`)
    assert.equal((await withToken(token, '/v2/ada/app/blobs/uploads/', 'POST')).status, 202)
    const bytes = Buffer.from('by a key')
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`
    const pushed = await ask(registry.url, {
      ...{ method: 'POST', path: `/v2/ada/app/blobs/uploads/?digest=${digest}`, body: bytes },
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/octet-stream' },
    })
    assert.equal(pushed.status, 201)
    const rows = await allRows(registry.composed.core.store, auditEntries)
    const via = rows.find(({ target }) => target === digest)?.via
    assert.match(via ?? '', new RegExp(`^token:\\S+ by key:${id}$`))
  })

  it('takes a key as a token, since some clients know one header alone', async () => {
    const { key } = await registry.makeKey()
    assert.equal((await withToken(key, manifest)).status, 200)
    assert.equal((await withToken(`${key}a`, manifest)).status, 401)
  })

  it('sends nobody elsewhere by a Host header, and asks for the password itself where it does not know', async () => {
    for (const headers of [
      { Host: `evil.example.com:${new URL(registry.url).port}` },
      { Host: `localhost:${new URL(registry.url).port}`, 'X-Forwarded-Host': 'evil.example' },
    ]) {
      const answer = await ask(registry.url, { path: manifest, headers })
      assert.equal(answer.headers['www-authenticate']?.includes('evil'), false)
      assert.match(answer.headers['www-authenticate'] ?? '', /^Basic /)
    }
    const { status, headers } = await ask(registry.url, { path: manifest, headers: { Host: 'a"b' } })
    assert.deepEqual([status, headers['www-authenticate']], [400, undefined])
  })

  it('shows its keys to everybody, without their secrets', async () => {
    const answer = await ask(registry.url, { path: '/.well-known/jwks.json' })
    const { keys } = answer.json()
    assert.equal(keys.length, 1)
    assert.deepEqual(Object.keys(keys[0]).sort(), ['alg', 'crv', 'kid', 'kty', 'use', 'x'])
    assert.equal((await ask(registry.url, { path: '/.well-known/other' })).status, 404)
  })

  it('logs neither passwords nor tokens', async () => {
    const { token, refresh_token } = (await get('offline_token=true', ada)).json()
    await withToken(token, manifest)
    await form({ grant_type: 'refresh_token', refresh_token })
    await form({ grant_type: 'password', username: 'ada', password: 'a wrong secret' })
    const told = JSON.stringify(registry.telemetry.lines)
    assert.ok(told.includes('/token'))
    for (const secret of [token, refresh_token, 'correct horse', 'a wrong secret'])
      assert.equal(told.includes(secret), false)
  })
})
