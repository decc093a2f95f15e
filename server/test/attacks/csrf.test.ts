import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { apiRoutes } from '../../src/boot/api-routes.ts'
import { schema } from '../../src/boot/schema.ts'
import { keys } from '../../src/core/access/tables.ts'
import type { Door } from '../../src/http/door.ts'
import { listen } from '../../src/http/listen.ts'
import { sendProblem } from '../../src/http/problem.ts'
import { RequestCaller } from '../../src/http/request-caller.ts'
import { send } from '../../src/http/send.ts'
import { browserVisitorOf } from '../../src/http/visitor.ts'
import { allRows } from '../core/invariants.ts'
import { startWithAccounts } from '../kit/accounted-registry.ts'
import { type Answer, ask } from '../kit/http-client.ts'
import { Browser } from '../kit/second-browser.ts'
import type { TestRegistry } from '../kit/test-registry.ts'

const evil = 'https://evil.example'
/** What a browser says of a form that a page of another site has it send; and what an old one does, which says nothing. */
const young = { Origin: evil, 'Sec-Fetch-Site': 'cross-site' }
const old = {}

async function cookieOf(registry: TestRegistry): Promise<string> {
  const browser = new Browser(registry)
  assert.equal((await browser.login('ada', 'correct horse')).status, 303)
  return [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
}

/** Which of the defences look. */
interface Looking {
  /** At where the browser says that it was told to send this. */
  readonly atOrigin: boolean
  /** At what a page of the session has. */
  readonly atCsrf: boolean
}

/** A door that makes whoever comes a key, behind the very pieces that the doors of the registry stand behind. */
async function keyMaking(registry: TestRegistry, { atOrigin, atCsrf }: Looking) {
  const { access, accounts } = registry.composed.registry
  const door: Door = {
    segments: ['door'],
    isForPrograms: true,
    handle: async (exchange) => {
      // As if no page of another site had asked: such a one is let through, and its visitor’s session not looked at.
      if (!atOrigin) exchange.isShared = false
      const asked = { cookies: { isSecure: false }, isForm: !atCsrf }
      const principal = await browserVisitorOf(exchange, access, asked)
      const owner = { kind: 'user', name: 'ada' } as const
      await accounts.makeKey(new RequestCaller(principal, exchange), { owner, label: 'of an attacker' })
      send(exchange, 201, [])
    },
    fail: (exchange, error) =>
      sendProblem(exchange, error, registry.telemetry.error.bind(registry.telemetry)),
  }
  const server = await listen([door], {
    ...{ host: '127.0.0.1', port: 0, limits: registry.config.limits, report: () => undefined },
    ...(!atOrigin && { gate: { cors: { origins: new Set([evil]), maxAgeMs: 0 } } }),
  })
  return {
    url: `http://127.0.0.1:${server.address.port}`,
    [Symbol.asyncDispose]: () => server.close(0),
  }
}

describe('what another site has a visitor’s browser send', () => {
  for (const [headers, looking, isDone] of [
    [young, { atOrigin: true, atCsrf: true }, false],
    [young, { atOrigin: true, atCsrf: false }, false],
    [young, { atOrigin: false, atCsrf: true }, false],
    [young, { atOrigin: false, atCsrf: false }, true],
    [old, { atOrigin: true, atCsrf: true }, false],
    [old, { atOrigin: true, atCsrf: false }, true],
  ] as const) {
    const lookedAt = [...(looking.atOrigin ? ['its origin'] : []), ...(looking.atCsrf ? ['its form'] : [])]
    const where = lookedAt.length === 0 ? 'nothing' : lookedAt.join(' and ')
    const browser = headers === young ? 'a browser' : 'an old browser'
    it(`is ${isDone ? 'done' : 'refused'} of ${browser}, where ${where} is looked at`, async () => {
      await using registry = await startWithAccounts()
      await using served = await keyMaking(registry, looking)
      const answer = await ask(served.url, {
        method: 'POST',
        path: '/door',
        headers: { Cookie: await cookieOf(registry), 'Content-Type': 'text/plain', ...headers },
        body: 'label=x',
      })
      assert.equal(answer.status, isDone ? 201 : 403, answer.text())
      assert.equal((await allRows(registry.composed.store, keys)).length, isDone ? 1 : 0)
    })
  }

  /** Forms of pages that change something for whoever is logged in. */
  const forms = [
    ...['/logout', '/account', '/account/unlink', '/account/keys', '/account/keys/revoke', '/device'],
    ...['app', 'app/confirm', 'passkey', 'passkey/confirm', 'remove', 'recovery'].map(
      (last) => `/account/second-factor/${last}`,
    ),
  ]

  it('changes nothing by any form or route, whatever the browser says of it', async () => {
    await using registry = await startWithAccounts()
    const cookie = await cookieOf(registry)
    const before = await changeable(registry)
    const routes = apiRoutes(registry.composed.registry)
      .filter(({ method }) => method !== 'GET')
      .map(({ method, path }) => ({ method, path: path.replaceAll(/\{[a-z]+\}/gi, 'acme') }))
    assert.ok(routes.length > 30)
    const sendAll = async (headers: Readonly<Record<string, string>>): Promise<void> => {
      for (const path of forms) {
        const type = { 'Content-Type': 'application/x-www-form-urlencoded' }
        const request = { method: 'POST', path, headers: { Cookie: cookie, ...type, ...headers }, body: '' }
        assertRefused(await ask(registry.url, request), path)
      }
      for (const { method, path } of routes) {
        const all = { Cookie: cookie, 'Content-Type': 'application/json', ...headers }
        const answer = await ask(registry.url, { method, path, headers: all, body: '{}' })
        assertRefused(answer, `${method} ${path}`)
      }
    }
    const others: readonly Readonly<Record<string, string>>[] = [young, old, { 'X-Lading-CSRF': 'x' }]
    for (const headers of others) await sendAll(headers)
    assert.deepEqual(await changeable(registry), before)
    const me = await ask(registry.url, { path: '/api/v1/me', headers: { Cookie: cookie } })
    assert.equal(me.json().principal, 'user:ada')
  })

  it('logs nobody in as the attacker', async () => {
    await using registry = await startWithAccounts()
    const answer = await ask(registry.url, {
      method: 'POST',
      path: '/login',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...young },
      body: new URLSearchParams({ name: 'ada', password: 'correct horse' }).toString(),
    })
    assert.equal(answer.status, 403)
    assert.equal(answer.headers['set-cookie'], undefined)
  })
})

function assertRefused(answer: Answer, what: string): void {
  assert.equal(answer.status, 403, `${what}: ${answer.text()}`)
}

/** All rows but those of what was refused, and of what the registry does by itself. */
async function changeable({ composed }: TestRegistry): Promise<Readonly<Record<string, string>>> {
  const tables = schema.tables.filter(({ name }) => name !== 'audit_entries' && name !== 'jobs')
  const found: [string, string][] = []
  for (const table of tables) found.push([table.name, JSON.stringify(await allRows(composed.store, table))])
  return Object.fromEntries(found)
}
