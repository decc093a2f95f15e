import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { apiRoutes } from '../../src/boot/api-routes.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { teamsOf } from '../../src/core/access/group-teams.ts'
import { likeName } from '../../src/core/access/outside-account.ts'
import type { OutsideRules } from '../../src/core/access/outside-rules.ts'
import { parseRoot, sayingOf } from '../../src/core/access/token-claims.ts'
import { claimAt, failedClaim } from '../../src/domain/claims.ts'
import { digestOf } from '../../src/domain/digest-of.ts'
import { inputOf } from '../config/given-config.ts'
import { ask } from '../kit/http-client.ts'
import { startPeopled } from '../kit/peopled-registry.ts'

const auth = 'root:correct horse'
const names = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty']
const json = { 'Content-Type': 'application/json' }

/** As libraries that merge what they are given have let in (CWE-1321). */
const bodies = [
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  '{"a":{"__proto__":{"polluted":true}}}',
  '[{"__proto__":{"polluted":true}}]',
]
const query = names.map((name) => `${name}=1&${name}[polluted]=1&${name}[prototype][polluted]=1`).join('&')

/** All that every object, list, function, text and map has. */
function shared(): readonly string[] {
  return [Object, Array, Function, String, Number, Map, Set, Promise].flatMap((one) =>
    [one, one.prototype].flatMap((of) =>
      Reflect.ownKeys(of).map(
        (key) => `${one.name} ${String(key)} ${typeof Object.getOwnPropertyDescriptor(of, key)?.value}`,
      ),
    ),
  )
}

/** What is asked of an object is found too where it is not the object's own. */
function withoutOwn(t: TestContext): void {
  t.mock.method(Object, 'hasOwn', (of: unknown, name: PropertyKey) => name in Object(of))
}

const rules: OutsideRules = {
  ...{ provider: 'company', title: 'The Company', newAccounts: true, require: {} },
  ...{ nameClaim: 'preferred_username', groupsClaim: 'groups', teams: { platform: ['acme/ops'] } },
}

describe('names that every object has', () => {
  it('are seen by this test where somebody puts more there', () => {
    const before = shared()
    const given = JSON.parse('{"constructor":{"prototype":{"polluted":true}}}')
    Object.assign(Object(Reflect.get({}, 'constructor')).prototype, given.constructor.prototype)
    try {
      assert.notDeepEqual(shared(), before)
    } finally {
      Reflect.deleteProperty(Object.prototype, 'polluted')
    }
    assert.deepEqual(shared(), before)
  })

  it('do nothing in bodies, paths, parameters and headers of any route', async () => {
    const before = shared()
    await using registry = await startPeopled()
    const send = async (method: string, path: string, body?: string): Promise<number> => {
      const headers = { ...json, ['__proto__']: 'x', constructor: 'x', Cookie: '__proto__=x; constructor=y' }
      return (await ask(registry.url, { method, path, auth, headers, ...(body !== undefined && { body }) }))
        .status
    }
    const routes = apiRoutes(registry.composed.registry)
    for (const { method, path } of routes) {
      const writes = method === 'POST' || method === 'PUT' || method === 'PATCH'
      for (const name of names) {
        const asked = path.replaceAll(/\{[a-z]+\}/gi, name)
        for (const body of writes ? bodies : [undefined]) {
          const status = await send(method, writes ? asked : `${asked}?${query}`, body)
          const what = `${method} ${asked} ${body ?? ''}: ${status}`
          assert.ok(status < 500, what)
          assert.ok(!writes || status >= 400, what)
        }
        if (asked === path) break
      }
    }
    for (const path of ['/', '/v2/', '/v2/_catalog', '/token', '/login', '/problems', '/metrics', '/device'])
      assert.ok((await send('GET', `${path}?${query}`)) < 500, path)
    for (const name of names)
      for (const path of ['/problems', '/sign-in', '/account', '/v2', '/r', '/api/v1', ''])
        assert.ok([400, 401, 404].includes(await send('GET', `${path}/${name}`)), `${path}/${name}`)
    assert.deepEqual(shared(), before)
  })

  it('are no members of what is within a body', async () => {
    const before = shared()
    await using registry = await startPeopled()
    for (const [path, body] of [
      [
        'me/keys',
        '{"label":"x","scopes":[{"permissions":["artifacts:read"],"__proto__":{"namespace":"*"}}]}',
      ],
      ['me/keys', '{"label":"x","__proto__":{"scopes":[]}}'],
      [
        'grants',
        '{"to":"user:bob","role":"viewer","namespace":"*","constructor":{"prototype":{"kind":"*"}}}',
      ],
    ] as const) {
      const answer = await ask(registry.url, {
        method: 'POST',
        path: `/api/v1/${path}`,
        auth,
        headers: json,
        body,
      })
      assert.equal(answer.status, 400, answer.text())
      assert.match(answer.text(), /there is no such member/)
    }
    assert.deepEqual(shared(), before)
  })

  it('are what they are in a manifest, which comes back as it was', async () => {
    const before = shared()
    await using registry = await startPeopled()
    const type = 'application/vnd.oci.image.manifest.v1+json'
    const config = digestOf(Buffer.from('{}'))
    const text = `{"schemaVersion":2,"mediaType":"${type}","__proto__":{"artifactType":"a/b"},"config":{"mediaType":"application/vnd.example.v1+json","digest":"${config}","size":2,"__proto__":{"polluted":true}},"layers":[],"annotations":{"__proto__":"x","constructor":"y"}}`
    assert.equal(await registry.push('root', 'root/app', '{}'), 201)
    const path = '/v2/root/app/manifests/v1'
    const put = await ask(registry.url, {
      method: 'PUT',
      path,
      auth,
      headers: { 'Content-Type': type },
      body: text,
    })
    assert.equal(put.status, 201, put.text())
    assert.equal((await ask(registry.url, { path, auth })).text(), text)
    assert.equal((await ask(registry.url, { path: '/r/root/app', auth })).status, 200)
    assert.deepEqual(shared(), before)
  })

  it('are mistakes in a configuration, or nothing', () => {
    const before = shared()
    for (const text of [
      '__proto__:\n  listen: 0.0.0.0:1\n',
      'constructor:\n  prototype:\n    polluted: true\n',
      'access:\n  __proto__:\n    allowAnonymousWrite: true\n',
      'namespaces:\n  __proto__:\n    immutableTags: ["*"]\n',
      'namespaces:\n  acme:\n    quota:\n      __proto__: { bytes: 1 }\n',
    ]) {
      const files = { '/here/lading.yaml': text }
      const loaded = loadConfig(inputOf({ files, flags: { config: '/here/lading.yaml' } }))
      assert.ok('mistakes' in loaded, text)
    }
    const env = JSON.parse('{"__proto__":"x","LADING___PROTO__":"x","LADING_CONSTRUCTOR":"x"}')
    assert.ok('mistakes' in loadConfig(inputOf({ env })))
    assert.deepEqual(shared(), before)
  })

  it('are claims where a token has them, and none where it has not', () => {
    const before = shared()
    const said = JSON.parse(
      '{"__proto__":{"groups":["platform"],"preferred_username":"root"},"constructor":{"prototype":{"groups":["platform"]}}}',
    )
    assert.deepEqual(teamsOf(rules, said), [])
    assert.equal(likeName(said, 'preferred_username'), 'user')
    assert.deepEqual(failedClaim(said, { groups: ['platform'] })?.found, undefined)
    assert.deepEqual(claimAt(said, '__proto__/groups'), ['platform'])
    for (const name of [...names, '__proto__/toString', 'constructor/name'])
      assert.equal(claimAt({}, name), undefined, name)
    assert.deepEqual(teamsOf(rules, { groups: names }), [])
    const root = JSON.parse('{"__proto__":{"by":"anyone"}}')
    const issued = { iss: '', aud: '', iat: 0, nbf: 0, exp: 0, jti: '' }
    assert.equal(sayingOf({ ...issued, sub: 'user:root', whole: true, root }), undefined)
    assert.equal(parseRoot(Object.create({ by: 'anyone' })), undefined)
    assert.deepEqual(shared(), before)
  })

  it('would be taken at their word where nobody asks whose they are', async (t) => {
    await using registry = await startPeopled()
    const give = async (role: string): Promise<number> =>
      (await registry.api('root', 'POST grants', { to: 'user:bob', role, namespace: 'bob' })).status
    const problem = async (): Promise<number> =>
      (await ask(registry.url, { path: '/problems/constructor', auth })).status
    const all = async (): Promise<unknown[]> => [
      await give('constructor'),
      await problem(),
      teamsOf(rules, { groups: ['constructor'] }).length,
      parseRoot(Object.create({ by: 'anyone' }))?.by,
    ]
    assert.deepEqual(await all(), [404, 404, 0, undefined])
    withoutOwn(t)
    const [role, page, teams, by] = await all()
    t.mock.reset()
    assert.notEqual(role, 404)
    assert.notEqual(page, 404)
    assert.deepEqual([teams, by], [1, 'anyone'])
  })
})
