import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { apiRoutes } from '../../src/boot/api-routes.ts'
import type { Registry } from '../../src/boot/registry.ts'
import { accounts } from '../../src/core/access/tables.ts'
import { RegistryError } from '../../src/domain/error.ts'
import { callerOf } from '../core/kit.ts'
import { startWithAccounts } from '../kit/accounted-registry.ts'
import { type Answer, ask } from '../kit/http-client.ts'
import { serveMutant, withMethods } from '../kit/mutant-doors.ts'
import { startPeopled } from '../kit/peopled-registry.ts'
import type { TestRegistry } from '../kit/test-registry.ts'

const rates = { wrongPasswordsFrom: 'off', wrongPasswordsFor: 'off' } as const
const ofForm = { 'Content-Type': 'application/x-www-form-urlencoded' }
const system = callerOf({ kind: 'system', name: 'test' })

/** An account, one that is shut, one that was invited, an organisation, a user of the configuration; and nobody. */
const names = ['ada', 'dan', 'ivy', 'acme', 'cleo', 'zoe']

async function start(): Promise<TestRegistry> {
  const registry = await startWithAccounts({ rates })
  const { accounts: bound } = registry.composed.registry
  await bound.createUser(system, { name: 'dan' })
  await bound.setUserState(system, { name: 'dan', state: 'disabled' })
  await bound.createUser(system, { name: 'ivy' })
  return registry
}

const basic = (name: string): string => `Basic ${Buffer.from(`${name}:not the one`).toString('base64')}`
const form = (fields: Readonly<Record<string, string>>): string => new URLSearchParams(fields).toString()

/** All that tells somebody whether a name and a password belong together, or does something for a name. */
const ways: Readonly<Record<string, (url: string, name: string) => Promise<Answer>>> = {
  'the page to log in': (url, name) =>
    ask(url, {
      method: 'POST',
      path: '/login',
      headers: ofForm,
      body: form({ name, password: 'not the one' }),
    }),
  'the page for who has forgotten': (url, name) =>
    ask(url, { method: 'POST', path: '/forgotten', headers: ofForm, body: form({ name }) }),
  'the door of images': (url, name) => ask(url, { path: '/v2/', headers: { Authorization: basic(name) } }),
  'the API': (url, name) => ask(url, { path: '/api/v1/me', headers: { Authorization: basic(name) } }),
  'the place for tokens': (url, name) =>
    ask(url, { path: '/token?service=lading', headers: { Authorization: basic(name) } }),
  'the place for tokens, by a form': (url, name) =>
    ask(url, {
      method: 'POST',
      path: '/token',
      headers: ofForm,
      body: form({ grant_type: 'password', username: name, password: 'not the one', service: 'lading' }),
    }),
  'the home page': (url, name) => ask(url, { path: '/', headers: { Authorization: basic(name) } }),
}

/** What of an answer could tell one name from another: not its id and its time, and not the name that was sent. */
function shapeOf({ status, rawHeaders, text }: Answer, name: string): string {
  const headers = rawHeaders.flatMap((header, at) =>
    at % 2 === 0 && !/^(?:x-request-id|date|content-length)$/i.test(header)
      ? [`${header}: ${rawHeaders[at + 1]}`]
      : [],
  )
  const id = rawHeaders[rawHeaders.findIndex((header) => /^x-request-id$/i.test(header)) + 1] ?? ''
  const all = [status, ...headers, text()].join('\n').replaceAll(id, '<id>')
  return all.replaceAll(new RegExp(`\\b${name}\\b`, 'g'), '<name>')
}

async function shapes(
  url: string,
  way: (url: string, name: string) => Promise<Answer>,
): Promise<Set<string>> {
  const found = new Set<string>()
  for (const name of names) found.add(shapeOf(await way(url, name), name))
  return found
}

describe('which names have accounts', () => {
  for (const [what, way] of Object.entries(ways))
    it(`is not told by ${what}`, async () => {
      await using registry = await start()
      const found = await shapes(registry.url, way)
      assert.equal(found.size, 1, [...found].join('\n\n'))
    })

  it('is not told to who may manage nobody, by any route of the API and any door', async () => {
    await using registry = await startPeopled()
    const { registry: bound } = registry.composed
    await bound.accounts.createUser(system, { name: 'quentin' })
    await bound.accounts.setUserState(system, { name: 'quentin', state: 'active' })
    const routes = apiRoutes(bound)
      .filter(({ path }) => /\{(?:user|namespace|organisation|owner)\}/.test(path))
      .map(({ method, path }) => `${method} ${path}`)
    assert.ok(routes.length > 10)
    const doors = ['GET /v2/{user}/app/tags/list', 'GET /v2/{user}/app/manifests/v1', 'GET /r/{user}/app']
    const shape = async (who: string, line: string, name: string): Promise<string> => {
      const asked = line.replaceAll(/\{[a-z]+\}/gi, name)
      const body = /^(?:POST|PUT|PATCH)/.test(line) ? {} : undefined
      return shapeOf(await registry.api(who, asked, body), name)
    }
    for (const who of ['eve', ''])
      for (const line of [...routes, ...doors, 'POST /v2/{user}/app/blobs/uploads/'])
        assert.equal(await shape(who, line, 'quentin'), await shape(who, line, 'quirinus'), `${who} ${line}`)
  })

  it('is told by a login that says what was wrong with it', async () => {
    await using registry = await start()
    const { store } = registry.composed.core
    const telling = (bound: Registry): Registry => ({
      ...bound,
      access: withMethods(bound.access, {
        firstStep: async (user, password, from) => {
          if ((await store.get(accounts, [user])) === undefined)
            throw new RegistryError('account-unknown', { what: 'user', name: user })
          return await bound.access.firstStep(user, password, from)
        },
      }),
    })
    await using mutant = await serveMutant(registry, { registry: telling })
    const way = ways['the page to log in']
    assert.ok(way !== undefined)
    assert.ok((await shapes(mutant.url, way)).size > 1)
  })

  it('is told by who writes letters to those alone that they know', async () => {
    await using registry = await start()
    const { store } = registry.composed.core
    const telling = (bound: Registry): Registry => ({
      ...bound,
      accounts: {
        ...bound.accounts,
        requestReset: async (user) => {
          if ((await store.get(accounts, [user])) === undefined)
            throw new RegistryError('account-unknown', { what: 'user', name: user })
          await bound.accounts.requestReset(user)
        },
      },
    })
    await using mutant = await serveMutant(registry, { registry: telling })
    const way = ways['the page for who has forgotten']
    assert.ok(way !== undefined)
    assert.ok((await shapes(mutant.url, way)).size > 1)
  })
})
