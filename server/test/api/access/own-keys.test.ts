import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { openPasswords } from '../../../src/adapters/identity/shared/open-passwords.ts'
import { passwords } from '../../../src/core/access/tables.ts'
import { insert } from '../../../src/ports/store/change.ts'
import { callerOf } from '../../core/kit.ts'
import { type Answer, ask } from '../../kit/http-client.ts'
import { startTestRegistry, type TestRegistry } from '../../kit/test-registry.ts'

const system = callerOf({ kind: 'system', name: 'test' })
const path = '/api/v1/me/keys'

describe('keys of one’s own, by the API', () => {
  let registry: TestRegistry
  before(async () => {
    registry = await startTestRegistry({
      users: { cleo: 'asp' },
      access: { read: 'anyone', write: ['cleo'] },
    })
    const { core, registry: bound } = registry.composed
    await bound.accounts.createUser(system, { name: 'ada' })
    await bound.accounts.setUserState(system, { name: 'ada', state: 'active' })
    const hash = await openPasswords({ cost: { m: 64, t: 1, p: 1 } }).hash('correct horse')
    await core.ledger.keep(async () => ({
      value: undefined,
      changes: [insert(passwords, { user: 'ada', hash, changedAt: 0 })],
    }))
  })
  after(async () => {
    await registry?.[Symbol.asyncDispose]()
  })

  const send = async (
    method: string,
    to: string,
    { auth = 'ada:correct horse', body }: { auth?: string; body?: unknown } = {},
  ): Promise<Answer> =>
    await ask(registry.url, {
      method,
      path: to,
      ...(auth !== '' && { auth }),
      ...(body !== undefined && {
        body: JSON.stringify(body),
        headers: { 'Content-Type': 'application/json' },
      }),
    })
  const upload = async (repository: string, auth: string): Promise<number> =>
    (await ask(registry.url, { method: 'POST', path: `/v2/${repository}/blobs/uploads/`, auth })).status

  it('are made, shown once, listed without themselves, good for docker’s door, and dead once revoked', async () => {
    const made = await send('POST', path, { body: { label: 'laptop' } })
    assert.equal(made.status, 201)
    const { id, key } = made.json()
    assert.match(key, /^lading_[0-9A-Za-z]{38}$/)
    const listed = await send('GET', path)
    assert.equal(listed.text().includes(key), false)
    const [only, ...others] = listed.json().keys
    assert.deepEqual([only.id, only.label, only.shown, others], [id, 'laptop', `${key.slice(0, 11)}…`, []])
    assert.equal(await upload('ada/app', `ada:${key}`), 202)
    assert.equal(await upload('acme/app', `ada:${key}`), 403)
    const who = (await send('GET', '/api/v1/me', { auth: `any:${key}` })).json()
    assert.deepEqual(who, { principal: 'user:ada', via: 'key' })
    assert.equal((await send('DELETE', `${path}/${id}`)).status, 204)
    assert.equal(await upload('ada/app', `ada:${key}`), 401)
    assert.match(
      (await send('GET', path, { auth: `ada:${key}` })).text(),
      /this key is not good here: it was revoked/,
    )
    assert.deepEqual((await send('GET', path)).json().keys, [])
  })

  it('do no more than their scopes, and make no keys that do', async () => {
    const scopes = [{ permissions: ['artifacts:read', 'artifacts:create'], namespace: 'ada', name: 'site*' }]
    const { key } = (await send('POST', path, { body: { label: 'ci', scopes } })).json()
    assert.equal(await upload('ada/site-1', `ada:${key}`), 202)
    assert.equal(await upload('ada/app', `ada:${key}`), 403)
    const auth = `ada:${key}`
    assert.equal((await send('POST', path, { auth, body: { label: 'more' } })).status, 403)
    assert.equal((await send('GET', path, { auth })).status, 403)
  })

  it('end no later than the key that they are made with, and are good from no more places', async () => {
    const [soon, later] = ['2098-01-01T00:00:00Z', '2099-01-01T00:00:00Z']
    const bounds = { expiresAt: soon, from: ['127.0.0.1', '10.0.0.0/8'] }
    const { key } = (await send('POST', path, { body: { label: 'for a while', ...bounds } })).json()
    const auth = `ada:${key}`
    assert.equal((await send('POST', path, { auth, body: { label: 'as long' } })).status, 201)
    const less = { label: 'less', expiresAt: '2097-01-01T00:00:00Z', from: ['10.1.2.3'] }
    assert.equal((await send('POST', path, { auth, body: less })).status, 201)
    const listed: Record<string, unknown>[] = (await send('GET', path)).json().keys
    const boundsOf = (label: string): unknown => {
      const { expiresAt, from } = listed.find((one) => one['label'] === label) ?? {}
      return { expiresAt: String(expiresAt).replace('.000Z', 'Z'), from }
    }
    assert.deepEqual(boundsOf('as long'), bounds)
    assert.deepEqual(boundsOf('less'), { expiresAt: less.expiresAt, from: less.from })
    for (const [more, reason] of [
      [{ expiresAt: later }, /ends at 2098-01-01T00:00:00Z, and cannot last longer/],
      [{ from: ['10.0.0.0/7'] }, /10\.0\.0\.0\/7 is not among these/],
      [{ from: ['127.0.0.2'] }, /good from 127\.0\.0\.1, 10\.0\.0\.0\/8 alone/],
    ] as const) {
      const answer = await send('POST', path, { auth, body: { label: 'more', ...more } })
      assert.equal(answer.status, 400)
      assert.match(answer.text(), reason)
    }
  })

  it('are refused where something of them is wrong, by what it is', async () => {
    const wrong: readonly (readonly [unknown, RegExp])[] = [
      [{}, /label: it is missing/],
      [{ label: 7 }, /label: it is no text/],
      [{ label: 'x', lable: 'y' }, /lable: there is no such member; did you mean label/],
      [{ label: 'x', from: ['home'] }, /no address/],
      [{ label: 'x', expiresAt: 'tomorrow' }, /expiresAt/],
      [{ label: 'x', expiresAt: '2001-01-01T00:00:00Z' }, /it has passed/],
      [{ label: 'x', scopes: [{ permissions: ['artifacts:fly'] }] }, /no permission \\?"artifacts:fly/],
      [[], /body: it is no JSON object/],
    ]
    for (const [body, reason] of wrong) {
      const answer = await send('POST', path, { body })
      assert.equal(answer.status, 400, JSON.stringify(body))
      assert.match(answer.text(), reason)
      assert.equal(answer.headers['content-type'], 'application/problem+json')
    }
    const plain = await ask(registry.url, {
      method: 'POST',
      path,
      auth: 'ada:correct horse',
      body: '{"label":"x"}',
    })
    assert.match(plain.text(), /Content-Type: application\/json/)
    const large = await send('POST', path, { body: { label: 'x'.repeat(70_000) } })
    assert.equal(large.status, 413)
  })

  it('want somebody who says who they are, and has an account', async () => {
    for (const method of ['GET', 'POST', 'DELETE']) {
      const answer = await send(method, method === 'DELETE' ? `${path}/x` : path, { auth: '' })
      assert.equal(answer.status, 401, method)
      assert.match(String(answer.headers['www-authenticate']), /^Basic /)
    }
    const noAccount = await send('POST', path, { auth: 'cleo:asp', body: { label: 'x' } })
    assert.deepEqual([noAccount.status, noAccount.json().code], [404, 'account-unknown'])
    assert.equal((await send('PUT', path)).headers['allow'], 'GET, HEAD, POST')
    assert.match((await send('GET', '/api/v1/me/key')).text(), /did you mean \/api\/v1\/me\/keys/)
  })
})
