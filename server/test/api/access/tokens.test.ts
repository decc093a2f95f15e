import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type AccountedRegistry, startWithAccounts } from '../../kit/accounted-registry.ts'
import { type Answer, ask } from '../../kit/http-client.ts'

const path = '/api/v1/tokens'

describe('tokens of the API', () => {
  let registry: AccountedRegistry
  before(async () => {
    registry = await startWithAccounts()
  })
  after(async () => {
    await registry?.[Symbol.asyncDispose]()
  })

  const send = async (
    method: string,
    to: string,
    { auth, token, body }: { auth?: string; token?: string; body?: unknown } = {},
  ): Promise<Answer> =>
    await ask(registry.url, {
      method,
      path: to,
      ...(auth !== undefined && { auth }),
      headers: {
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  const ada = { auth: 'ada:correct horse' }
  const meWith = async (token: string): Promise<Answer> => await send('GET', '/api/v1/me', { token })

  it('are had for a password, refreshed, listed, and end with the sign-in', async () => {
    const made = await send('POST', path, { ...ada, body: { label: 'laptop' } })
    assert.equal(made.status, 201)
    const { accessToken, refreshToken, expiresIn, refreshExpiresAt, family } = made.json()
    assert.equal(expiresIn, 300)
    assert.equal(Date.parse(refreshExpiresAt), registry.clock.now() + 30 * 86_400_000)
    assert.deepEqual((await meWith(accessToken)).json(), { principal: 'user:ada', via: 'token' })

    const renewed = (await send('POST', `${path}/refresh`, { body: { refreshToken } })).json()
    assert.equal(renewed.family, family)
    assert.notEqual(renewed.refreshToken, refreshToken)
    const listed = await send('GET', path, { token: renewed.accessToken })
    const [only, ...others] = listed.json().families
    assert.deepEqual([only.id, only.label, others], [family, 'laptop', []])
    for (const secret of [refreshToken, renewed.refreshToken, accessToken])
      assert.equal(listed.text().includes(secret), false)

    assert.equal((await send('DELETE', `${path}/current`, { token: renewed.accessToken })).status, 204)
    for (const token of [accessToken, renewed.accessToken]) assert.equal((await meWith(token)).status, 401)
    const late = await send('POST', `${path}/refresh`, { body: { refreshToken: renewed.refreshToken } })
    assert.equal(late.status, 401)
  })

  it('end for everybody where a refresh token comes again', async () => {
    const { refreshToken } = (await send('POST', path, { ...ada, body: {} })).json()
    const thief = (await send('POST', `${path}/refresh`, { body: { refreshToken } })).json()
    assert.equal((await meWith(thief.accessToken)).status, 200)
    assert.equal((await send('POST', `${path}/refresh`, { body: { refreshToken } })).status, 401)
    assert.equal((await meWith(thief.accessToken)).status, 401)
  })

  it('are had for a key too, for no more than the key is for, and end with it', async () => {
    const scopes = [{ permissions: ['artifacts:read' as const], namespace: 'acme', kind: '*', name: '*' }]
    const { id, key } = await registry.makeKey('ada', scopes)
    const { accessToken, refreshToken } = (
      await send('POST', path, { auth: `ada:${key}`, body: { label: 'ci' } })
    ).json()
    assert.deepEqual((await meWith(accessToken)).json().scopes, scopes)
    assert.equal(
      (await send('POST', '/api/v1/me/keys', { token: accessToken, body: { label: 'x' } })).status,
      403,
    )
    assert.equal((await send('DELETE', `/api/v1/me/keys/${id}`, ada)).status, 204)
    assert.equal((await meWith(accessToken)).status, 401)
    assert.equal((await send('POST', `${path}/refresh`, { body: { refreshToken } })).status, 401)
  })

  it('make no other tokens, and are for those who have an account', async () => {
    const { accessToken } = (await send('POST', path, { ...ada, body: { refresh: false } })).json()
    assert.equal((await meWith(accessToken)).status, 200)
    assert.equal((await send('POST', path, { token: accessToken, body: {} })).status, 403)
    assert.equal((await send('POST', path, { body: {} })).status, 401)
    assert.equal((await send('POST', path, { auth: 'cleo:asp', body: {} })).status, 403)
    assert.equal((await send('POST', path, { auth: 'cleo:asp', body: { refresh: false } })).status, 201)
  })

  it('make no keys, which would outlive them: a thief keeps nothing once the theft is seen', async () => {
    const { refreshToken } = (await send('POST', path, { ...ada, body: {} })).json()
    const thief = (await send('POST', `${path}/refresh`, { body: { refreshToken } })).json()
    for (const to of ['/api/v1/me/keys', '/api/v1/namespaces/acme/robots/ci/keys']) {
      const made = await send('POST', to, { token: thief.accessToken, body: { label: 'for ever' } })
      assert.equal(made.status, 403, made.text())
      assert.match(made.text(), /a token makes nothing that outlives it/)
      // By what the thief has not got it is made.
      assert.equal((await send('POST', to, { ...ada, body: { label: 'own' } })).status, 201)
    }
  })

  it('send no links for a new password elsewhere', async () => {
    const { accessToken } = (await send('POST', path, { ...ada, body: {} })).json()
    const body = { email: 'thief@evil.example' }
    assert.equal((await send('PUT', '/api/v1/me/email', { token: accessToken, body })).status, 403)
    const { key } = await registry.makeKey('ada')
    assert.equal((await send('PUT', '/api/v1/me/email', { auth: `x:${key}`, body })).status, 403)
    const own = { email: 'ada@example.com' }
    assert.equal((await send('PUT', '/api/v1/me/email', { ...ada, body: own })).status, 204)
  })

  it('of somebody else are as if they were not there', async () => {
    const { family } = (await send('POST', path, { ...ada, body: {} })).json()
    const { key } = await registry.makeKey('ci')
    const [theirs, none] = [
      await send('DELETE', `${path}/${family}`, { auth: `x:${key}` }),
      await send('DELETE', `${path}/is-not-there`, { auth: `x:${key}` }),
    ]
    assert.deepEqual([theirs.status, none.status], [404, 404])
    assert.equal((await send('DELETE', `${path}/current`, ada)).status, 404)
    assert.equal((await send('DELETE', `${path}/${family}`, ada)).status, 204)
  })
})
