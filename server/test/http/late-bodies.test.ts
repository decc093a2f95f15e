import assert from 'node:assert/strict'
import { type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http'
import { describe, it } from 'node:test'
import { digestOf } from '../../src/domain/digest-of.ts'
import { callerOf } from '../core/kit.ts'
import { type AccountedRegistry, startWithAccounts } from '../kit/accounted-registry.ts'
import { ask } from '../kit/http-client.ts'

const system = callerOf({ kind: 'system', name: 'test' })
const ada = callerOf({ kind: 'user', name: 'ada' })
const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`
const asCleo = { Authorization: basic('cleo:asp') }
const json = { 'Content-Type': 'application/json' }
const type = 'application/vnd.oci.image.manifest.v1+json'
const config = '{}'
const configDigest = digestOf(Buffer.from(config))

interface Sent {
  readonly method: string
  readonly path: string
  readonly headers: OutgoingHttpHeaders
  readonly body: string
}

/** The body goes once it was asked for, by which whoever sends it was let in, and once something else has happened. */
async function late(
  url: string,
  { method, path, headers, body }: Sent,
  meanwhile: () => Promise<unknown>,
): Promise<number> {
  const { hostname, port } = new URL(url)
  const waiting = { 'Content-Length': Buffer.byteLength(body), Expect: '100-continue' }
  const sent = request({
    ...{ host: hostname, port, method, path, agent: false },
    headers: { ...headers, ...waiting },
  })
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    sent.once('response', resolve)
    sent.once('error', reject)
  })
  const isLetIn = new Promise<true>((resolve) => sent.once('continue', () => resolve(true)))
  sent.flushHeaders()
  assert.equal(await Promise.race([isLetIn, answered.then(() => false)]), true, 'nobody was let in')
  await meanwhile()
  sent.end(body)
  const answer = await answered
  answer.resume()
  return answer.statusCode ?? 0
}

interface Way {
  readonly headers: OutgoingHttpHeaders
  revoke(): Promise<unknown>
}

type Ways = Readonly<Record<string, (registry: AccountedRegistry) => Promise<Way>>>

const byKey = async (registry: AccountedRegistry): Promise<Way & { readonly key: string }> => {
  const { id, key } = await registry.makeKey('ada')
  const revoke = () => registry.composed.registry.accounts.revokeKey(ada, id)
  return { key, headers: { Authorization: basic(`any:${key}`) }, revoke }
}

const everywhere: Ways = {
  'a key': byKey,
  'a password': async ({ composed }) => ({
    headers: { Authorization: basic('ada:correct horse') },
    revoke: () => composed.registry.accounts.setUserState(system, { name: 'ada', state: 'disabled' }),
  }),
}

const ofClients: Ways = {
  ...everywhere,
  'a token of a key': async (registry) => {
    const { headers, revoke } = await byKey(registry)
    const scope = 'repository:acme/app:pull,push'
    const path = `/token?${new URLSearchParams({ service: 'lading', scope })}`
    const { token } = (await ask(registry.url, { path, headers })).json()
    return { headers: { Authorization: `Bearer ${token}` }, revoke }
  },
  "a robot's key": async (registry) => {
    const { key } = await registry.makeKey('ci')
    const robot = { namespace: 'acme', name: 'ci', disabled: true }
    const revoke = () => registry.composed.registry.accounts.changeRobot(ada, robot)
    return { headers: { Authorization: basic(`ci:${key}`) }, revoke }
  },
}

async function bySession(registry: AccountedRegistry): Promise<Way & { readonly csrf: string }> {
  const entered = await ask(registry.url, {
    method: 'POST',
    path: '/login',
    ...formOf({ name: 'ada', password: 'correct horse' }),
  })
  const [set = ''] = entered.headers['set-cookie'] ?? []
  const headers = { Cookie: set.slice(0, set.indexOf(';')) }
  const { csrf } = (await ask(registry.url, { path: '/api/v1/me', headers })).json()
  const revoke = async (): Promise<void> => {
    const ending = { method: 'DELETE', path: '/api/v1/me/sessions', auth: 'ada:correct horse' }
    assert.equal((await ask(registry.url, ending)).status, 204)
  }
  return { csrf, headers: { ...headers, 'X-Lading-CSRF': csrf }, revoke }
}

const ofPrograms: Ways = {
  ...everywhere,
  'a session': bySession,
  'a token of a sign-in': async ({ url }) => {
    const auth = 'ada:correct horse'
    const begun = { method: 'POST', path: '/api/v1/tokens', body: '{}', auth, headers: json }
    const { accessToken, family } = (await ask(url, begun)).json()
    const ending = { method: 'DELETE', path: `/api/v1/tokens/${family}`, auth }
    const headers = { Authorization: `Bearer ${accessToken}` }
    return { headers, revoke: async () => assert.equal((await ask(url, ending)).status, 204) }
  },
}

function formOf(fields: Readonly<Record<string, string>>): Pick<Sent, 'headers' | 'body'> {
  return {
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields).toString(),
  }
}

const nothing = async (): Promise<void> => undefined

describe('whoever takes their time for a body, and loses meanwhile what they came in by', () => {
  for (const [way, come] of Object.entries(ofClients))
    it(`pushes no manifest: ${way}`, async () => {
      await using registry = await startWithAccounts()
      const { headers, revoke } = await come(registry)
      const path = `/v2/acme/app/blobs/uploads/?digest=${configDigest}`
      assert.equal((await ask(registry.url, { method: 'POST', path, headers, body: config })).status, 201)
      const push = (tag: string): Sent => ({
        method: 'PUT',
        path: `/v2/acme/app/manifests/${tag}`,
        headers: { ...headers, 'Content-Type': type },
        body: JSON.stringify({
          schemaVersion: 2,
          mediaType: type,
          config: { mediaType: 'application/vnd.example.v1+json', digest: configDigest, size: 2 },
          layers: [],
        }),
      })
      assert.equal(await late(registry.url, push('good'), nothing), 201)
      assert.equal(await late(registry.url, push('late'), revoke), 401)
      const listed = await ask(registry.url, { path: '/v2/acme/app/tags/list', headers: asCleo })
      assert.deepEqual(listed.json().tags, ['good'])
    })

  for (const [way, come] of Object.entries(ofPrograms))
    it(`changes nothing by the API: ${way}`, async () => {
      await using registry = await startWithAccounts()
      const { headers, revoke } = await come(registry)
      const make = (name: string): Sent => ({
        method: 'POST',
        path: '/api/v1/organisations',
        headers: { ...headers, ...json },
        body: JSON.stringify({ name }),
      })
      assert.equal(await late(registry.url, make('good'), nothing), 201)
      assert.equal(await late(registry.url, make('late'), revoke), 401)
      const { accounts } = registry.composed.registry
      assert.equal((await accounts.showOrganisation(system, 'good')).name, 'good')
      await assert.rejects(accounts.showOrganisation(system, 'late'), { code: 'account-unknown' })
    })

  it('changes nothing by a page', async () => {
    await using registry = await startWithAccounts()
    const after = 'seven green kettles'
    const { csrf, headers, revoke } = await bySession(registry)
    const form = formOf({ csrf, before: 'correct horse', after })
    const sent = {
      method: 'POST',
      path: '/account',
      body: form.body,
      headers: { ...headers, ...form.headers },
    }
    assert.equal(await late(registry.url, sent, revoke), 401)
    const status = async (password: string): Promise<number> =>
      (await ask(registry.url, { path: '/api/v1/me/keys', auth: `ada:${password}` })).status
    assert.deepEqual([await status('correct horse'), await status(after)], [200, 401])
  })
})
