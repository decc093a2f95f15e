import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import { schema } from '../../src/boot/schema.ts'
import { beginSetUp } from '../../src/core/access/set-up.ts'
import { auditEntries } from '../../src/core/ledger/tables.ts'
import type { ListenOptions } from '../../src/http/listen.ts'
import type { Letter } from '../../src/ports/mail/mail.ts'
import { StoreError } from '../../src/ports/store/errors.ts'
import { allRows } from '../core/invariants.ts'
import { callerOf } from '../core/kit.ts'
import { Browser as PlainBrowser } from '../kit/browser.ts'
import { faultyStore } from '../kit/faulty-store.ts'
import { type Answer, ask } from '../kit/http-client.ts'
import { clientSecret } from '../kit/identity-provider.ts'
import { serveMutant } from '../kit/mutant-doors.ts'
import { RawConnection } from '../kit/raw-connection.ts'
import { Browser, codeOf, csrfIn } from '../kit/second-browser.ts'
import { startSignInWorld } from '../kit/sign-in-world.ts'
import { startTestRegistry, type TestRegistry } from '../kit/test-registry.ts'
import { until } from '../kit/until.ts'
import { KnownSecrets } from './known-secrets.ts'

const system = callerOf({ kind: 'system', name: 'test' })
const ofForm = { 'Content-Type': 'application/x-www-form-urlencoded' }
const ofJson = { 'Content-Type': 'application/json' }
const basicOf = (user: string, secret: string): string => Buffer.from(`${user}:${secret}`).toString('base64')

/** All that is told to whoever runs the registry: lines of the log, metrics, the log of what was done, and its rows. */
async function toldBy(
  { telemetry, composed, url }: TestRegistry,
  auth: string,
): Promise<Readonly<Record<string, string>>> {
  await composed.refusals.flush()
  const { store } = composed
  const rows: string[] = []
  for (const table of schema.tables)
    for (const row of await allRows(store, table)) rows.push(`${table.name} ${inspect(row, whole)}`)
  const exported = await ask(url, { path: '/api/v1/audit/export', auth })
  assert.equal(exported.status, 200, exported.text())
  return {
    'the log': telemetry.lines.map((line) => inspect(line, whole)).join('\n'),
    'what is measured': inspect(telemetry.measures, whole),
    'the metrics': (await ask(url, { path: '/metrics' })).text(),
    'what was done': inspect(await allRows(store, auditEntries), whole),
    'what was done, as it is exported': exported.text(),
    'the records': rows.join('\n'),
  }
}

const whole = {
  depth: Number.POSITIVE_INFINITY,
  maxArrayLength: null,
  maxStringLength: null,
  breakLength: Number.POSITIVE_INFINITY,
  showHidden: true,
}

interface World extends AsyncDisposable {
  readonly registry: TestRegistry
  readonly secrets: KnownSecrets
  /** What was answered to who was refused. */
  readonly refused: Answer[]
  fail(): void
  heal(): void
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>
  post(
    path: string,
    fields: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>
  api(method: string, path: string, body: object, headers: Readonly<Record<string, string>>): Promise<Answer>
  /** The token of the letter that comes next, of this page. */
  tokenOf(page: string): Promise<string>
}

async function open(): Promise<World> {
  const letters: Letter[] = []
  const fault = faultyStore()
  const registry = await startTestRegistry({
    publicUrl: 'http://registry.example',
    logLevel: 'debug',
    mail: { send: async (letter) => void letters.push(letter), close: async () => undefined },
    wrap: { store: fault.wrap },
  })
  const refused: Answer[] = []
  const send = async (request: Parameters<typeof ask>[1]): Promise<Answer> => {
    const answer = await ask(registry.url, request)
    if (answer.status >= 400) refused.push(answer)
    return answer
  }
  let read = 0
  return {
    registry,
    secrets: new KnownSecrets(),
    refused,
    fail: () => {
      fault.before = () => {
        throw new StoreError('permanent', 'the disk is on fire')
      }
    },
    heal: () => fault.heal(),
    get: async (path, headers = {}) => await send({ path, headers }),
    post: async (path, fields, headers = {}) => {
      const body = new URLSearchParams(fields).toString()
      return await send({ method: 'POST', path, body, headers: { ...ofForm, ...headers } })
    },
    api: async (method, path, body, headers) =>
      await send({
        method,
        path: `/api/v1/${path}`,
        body: JSON.stringify(body),
        headers: { ...ofJson, ...headers },
      }),
    tokenOf: async (page) => {
      await until(async () => {
        await registry.clock.advance(1_000)
        return letters.length > read
      })
      const { text } = letters[read++] ?? { text: '' }
      return new RegExp(`/${page}\\?token=([0-9A-Za-z]{43})`).exec(text)?.[1] ?? ''
    },
    [Symbol.asyncDispose]: async () => {
      fault.heal()
      await registry[Symbol.asyncDispose]()
    },
  }
}

const cookieIn = (answer: Answer, name: string): string =>
  (answer.headers['set-cookie'] ?? [])
    .map((set) => new RegExp(`^${name}=([^;]+)`).exec(set)?.[1] ?? '')
    .find(Boolean) ?? ''

/**
 * Somebody does all that there are secrets for, each once as it should be and once wrongly.
 * @returns what the administrator logs in by afterwards
 */
async function liveThrough(world: World): Promise<string> {
  const { registry, secrets, get, post, api } = world
  const { accounts } = registry.composed.registry
  const passwordOf = (which: string): string => secrets.know(`password, ${which}`, `seven ${which} kettles`)

  const setup = secrets.know('setup link', (await beginSetUp(registry.composed.core)) ?? '')
  await get(`/setup?token=${setup}`)
  await post('/setup', { token: setup, name: 'ada', password: 'short' })
  const first = passwordOf('green')
  const made = await post('/setup', { token: setup, name: 'ada', email: 'ada@example.com', password: first })
  assert.equal(made.status, 303, made.text())
  await post('/setup', { token: setup, name: 'eve', password: passwordOf('stolen') })
  const session = secrets.know('session', cookieIn(made, 'lading-session'))
  const cookie = { Cookie: `lading-session=${session}` }
  secrets.know('csrf of the session', (await get('/api/v1/me', cookie)).json().csrf)
  await post('/account', { csrf: 'x', before: first, after: passwordOf('unset') }, cookie)
  await api('POST', 'me/keys', { label: 'x' }, cookie)

  await accounts.inviteUser(system, { name: 'bob', email: 'bob@example.com' })
  const invited = secrets.know('link of an invitation', await world.tokenOf('password'))
  await get(`/password?token=${invited}`)
  await post('/password', { token: invited, password: passwordOf('blue') })
  await post('/password', { token: invited, password: passwordOf('late') })
  await post('/forgotten', { name: 'bob' })
  const reset = secrets.know('link of a reset', await world.tokenOf('password'))
  await post('/password', { token: reset, password: passwordOf('red') })
  await accounts.changeEmail(callerOf({ kind: 'user', name: 'bob' }), 'robert@example.com')
  const verify = secrets.know('link of an address', await world.tokenOf('verify'))
  await get(`/verify?token=${verify}`)
  await post('/verify', { token: verify })
  await post('/verify', { token: verify })

  const wrong = passwordOf('wrong')
  const byPassword = { Authorization: `Basic ${secrets.know('Authorization header', basicOf('ada', first))}` }
  const wrongly = {
    Authorization: `Basic ${secrets.know('Authorization header, refused', basicOf('ada', wrong))}`,
  }
  for (const path of [
    '/v2/',
    '/token?service=registry.example',
    '/api/v1/me',
    '/metrics',
    '/',
    '/api/v1/nowhere',
  ])
    for (const headers of [byPassword, wrongly]) await get(path, headers)
  await post('/login', { name: 'ada', password: wrong })
  // Somebody takes one field for the other.
  const mixed = passwordOf('Mixed')
  await get('/v2/', { Authorization: `Basic ${basicOf(mixed, 'ada')}` })
  await post('/login', { name: mixed, password: 'ada' })
  await get('/v2/', { Authorization: secrets.know('another scheme', 'Token 0123456789abcdef0123456789') })
  await get('/v2/', {
    Authorization: `Basic ${secrets.know('what is no base64', '!!not-of-base64-at-all!!')}`,
  })

  const { key, id } = (await api('POST', 'me/keys', { label: 'laptop' }, byPassword)).json()
  secrets.know('API key', key)
  const byKey = { Authorization: `Bearer ${key}` }
  const byKeyAsPassword = {
    Authorization: `Basic ${secrets.know('Authorization header of a key', basicOf('ada', key))}`,
  }
  for (const headers of [byKey, byKeyAsPassword]) await get('/v2/acme/app/tags/list', headers)

  const pair = (await api('POST', 'tokens', { label: 'laptop' }, byPassword)).json()
  const [access, refresh] = [
    secrets.know('access token', pair.accessToken),
    secrets.know('refresh token', pair.refreshToken),
  ]
  await get('/api/v1/me', { Authorization: `Bearer ${access}` })
  // As RFC 6750, section 2.3, has it, which is not taken here.
  for (const path of ['/v2/acme/app/tags/list', '/api/v1/me/keys', '/account/nowhere'])
    for (const sent of [access, key]) await get(`${path}?access_token=${sent}`)
  await get('/v2/', {
    Authorization: `Bearer ${secrets.know('access token, changed', `${access.slice(0, -8)}AAAAAAAA`)}`,
  })
  const next = (await api('POST', 'tokens/refresh', { refreshToken: refresh }, {})).json()
  secrets.know('refresh token, the next', next.refreshToken)
  secrets.know('access token, the next', next.accessToken)
  // It is stolen, and all of its family ends.
  await api('POST', 'tokens/refresh', { refreshToken: refresh }, {})
  const offline = (
    await get('/token?service=registry.example&offline_token=true&scope=repository:ada/app:pull', byPassword)
  ).json()
  secrets.know('refresh token of a client', offline.refresh_token)
  secrets.know('token for a repository', offline.token)
  await post('/token', {
    grant_type: 'refresh_token',
    refresh_token: offline.refresh_token,
    service: 'registry.example',
  })
  await post('/token', {
    grant_type: 'password',
    username: 'ada',
    password: wrong,
    service: 'registry.example',
  })

  const device = (await post('/oauth/device', { client_id: 'a laptop' })).json()
  secrets.know('device code', device.device_code)
  secrets.know('user code', device.user_code)
  const grant = {
    grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
    device_code: device.device_code,
  }
  await post('/oauth/token', grant)
  const page = await get(`/device?user_code=${device.user_code}`, cookie)
  await post('/device', { csrf: csrfIn(page), user_code: device.user_code, decision: 'allow' }, cookie)
  const kept = secrets.know('key of a device', (await post('/oauth/token', grant)).json().access_token)
  await post('/oauth/token', grant)

  const begun = (await api('POST', 'me/second-factor/totp', { password: first }, byPassword)).json()
  const code = codeOf(secrets.know('secret of an app', begun.secret), registry.clock.now())
  const factors = (await api('POST', 'me/second-factor/totp/confirm', { code }, byPassword)).json()
  const recovery: readonly string[] = factors.recoveryCodes
  for (const [at, one] of recovery.entries()) {
    secrets.know(`recovery code ${at}`, one)
    secrets.know(`recovery code ${at}, plain`, one.replaceAll('-', ''))
  }
  const [one = '', two = ''] = recovery
  registry.clock.jump(60_000)
  const browser = new Browser(registry)
  await browser.login('ada', first)
  secrets.know('half session', browser.cookies.get('lading-step') ?? '')
  await browser.send('/login/second', '/login/second', { code: two.replaceAll(/[a-z]/g, 'a') })
  assert.equal((await browser.send('/login/second', '/login/second', { code: one })).status, 303)
  secrets.know('session of the second step', browser.cookies.get('lading-session') ?? '')
  await get('/v2/', byPassword)
  await api('DELETE', `me/keys/${id}`, {}, byKey)
  await get('/api/v1/me', byKey)

  using raw = await RawConnection.open(registry.url)
  raw.head('GET /v2/ HTTP/1.1', 'Host: x', `Authorization: Bearer ${key}`, 'Broken header')
  await raw.untilClosed()
  // And all of it once more where nothing can be looked up.
  world.fail()
  for (const headers of [byPassword, wrongly, byKey, { Authorization: `Bearer ${access}` }, cookie])
    for (const path of [
      '/v2/acme/app/tags/list',
      '/token?service=registry.example',
      '/api/v1/me',
      '/account',
    ])
      await get(path, headers)
  for (const [path, fields] of [
    ['/login', { name: 'ada', password: first }],
    ['/setup', { token: setup, name: 'eve', password: first }],
    ['/password', { token: reset, password: first }],
    ['/verify', { token: verify }],
    ['/oauth/token', grant],
    ['/token', { grant_type: 'refresh_token', refresh_token: offline.refresh_token }],
    ['/login/second', { csrf: 'x', code: two }],
  ] as const)
    await post(path, fields, cookie)
  await api('POST', 'tokens/refresh', { refreshToken: next.refreshToken }, {})
  world.heal()
  return `any:${kept}`
}

describe('secrets that somebody sends, or is given', () => {
  it('stand in no line of the log, no metric, no entry of what was done, and in no row', async () => {
    await using world = await open()
    const auth = await liveThrough(world)
    const { registry, secrets } = world
    assert.ok(secrets.names.length > 30)
    for (const [where, text] of Object.entries(await toldBy(registry, auth)))
      assert.deepEqual(secrets.in(text), [], `in ${where}`)
    // It was told of all of that nevertheless.
    assert.ok(registry.telemetry.lines.length > 60, `${registry.telemetry.lines.length}`)
    assert.ok(registry.telemetry.lines.some(({ level }) => level === 'error'))
    const actions = new Set(
      (await allRows(registry.composed.store, auditEntries)).map(({ action }) => action),
    )
    for (const action of [
      'account.create',
      'password.set',
      'link.make',
      'key.create',
      'token.stolen',
      'factor.add',
      'login',
    ])
      assert.ok(actions.has(action), `${action} is not among ${[...actions].join(' ')}`)
  })

  it('come back in no answer that refuses them', async () => {
    await using world = await open()
    await liveThrough(world)
    assert.ok(world.refused.length > 30)
    // A form brings its link back, so that what was typed wrong can be mended.
    const ofForms = ['setup link', 'link of an invitation', 'link of a reset', 'link of an address']
    for (const answer of world.refused) {
      const found = world.secrets.in(`${answer.rawHeaders.join('\n')}\n${answer.text()}`)
      assert.deepEqual(
        found.filter((name) => !ofForms.includes(name) && name !== 'password, Mixed' && name !== 'user code'),
        [],
        answer.text(),
      )
    }
  })

  it('would be found here, where the log told whole addresses and headers', async () => {
    await using world = await open()
    const { registry, secrets } = world
    const tellingAll = (options: ListenOptions): ListenOptions => ({
      ...options,
      onAnswered: ({ exchange: { request } }) =>
        registry.telemetry.info('request', { url: request.url, headers: JSON.stringify(request.rawHeaders) }),
    })
    await using mutant = await serveMutant(registry, { listen: tellingAll })
    const setup = secrets.know('setup link', (await beginSetUp(registry.composed.core)) ?? '')
    const header = secrets.know('Authorization header', basicOf('ada', 'seven green kettles'))
    const session = secrets.know('session', 's'.repeat(43))
    await ask(mutant.url, { path: `/setup?token=${setup}` })
    await ask(mutant.url, { path: '/v2/', headers: { Authorization: `Basic ${header}` } })
    await ask(mutant.url, { path: '/account', headers: { Cookie: `lading-session=${session}` } })
    const lines = registry.telemetry.lines.map((line) => inspect(line, whole)).join('\n')
    assert.deepEqual(secrets.in(lines), ['setup link', 'Authorization header', 'session'])
  })

  it('of a sign-in elsewhere are not told either', async () => {
    await using world = await startSignInWorld({
      people: { 'person-1': { preferred_username: 'ada' } },
      logLevel: 'debug',
    })
    const { registry } = world
    const secrets = new KnownSecrets()
    secrets.know('secret of the client', clientSecret)
    const usual = world.fetch
    let isBroken = false
    world.fetch = async (url, request) => {
      if (isBroken && String(url).endsWith('/token'))
        return Response.json(
          { error: 'invalid_grant', error_description: `no code ${clientSecret}` },
          { status: 400 },
        )
      const answer = await usual(url, request)
      if (!String(url).endsWith('/token')) return answer
      const body = (await answer.json()) as { readonly id_token: string; readonly access_token: string }
      secrets.know('ID token', body.id_token)
      secrets.know('access token of the provider', body.access_token)
      return Response.json(body)
    }
    const visit = async (which: string): Promise<Response> => {
      const browser = new PlainBrowser()
      const back = await world.arrive(browser, 'person-1')
      const { searchParams } = new URL(back)
      secrets.know(`code, ${which}`, searchParams.get('code') ?? '')
      secrets.know(`state, ${which}`, searchParams.get('state') ?? '')
      secrets.know(`attempt, ${which}`, browser.cookie(registry.url, 'lading-sign-in') ?? '')
      const answer = await browser.get(back)
      await browser.get(back)
      return answer
    }
    assert.equal((await visit('first')).status, 303)
    isBroken = true
    assert.equal((await visit('second')).status, 401)
    const body = new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: secrets.know('token of a machine', await world.provider.sign({ sub: 'x', aud: 'y' })),
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    }).toString()
    assert.equal(
      (await ask(registry.url, { method: 'POST', path: '/oauth/token', headers: ofForm, body })).status,
      400,
    )
    assert.ok(registry.telemetry.lines.length > 5)
    for (const [where, text] of Object.entries(await toldBy(registry, 'root:seven green kettles')))
      assert.deepEqual(secrets.in(text), [], `in ${where}`)
  })
})
