import assert from 'node:assert/strict'
import { createHmac, randomUUID } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import type { WorkloadSetting } from '../../../src/config/sign-in-config.ts'
import { expireLogins } from '../../../src/core/access/expire-logins.ts'
import { usedProofs } from '../../../src/core/access/outside-tables.ts'
import { keys, robots } from '../../../src/core/access/tables.ts'
import { auditEntries } from '../../../src/core/ledger/tables.ts'
import { OutgoingError } from '../../../src/ports/outgoing/errors.ts'
import { insert, put } from '../../../src/ports/store/change.ts'
import { allRows } from '../../core/invariants.ts'
import { type SignInWorld, startSignInWorld } from '../../kit/sign-in-world.ts'

const audience = 'https://registry.example.com'

describe('tokens of machines elsewhere, for a key of a robot', () => {
  let world: SignInWorld
  before(async () => {
    const rule: Omit<WorkloadSetting, 'issuer' | 'name'> = {
      ...{ audience, robot: 'acme/ci', permissions: undefined, lifetime: 900_000, reuse: false },
      require: { project_id: ['17'], ref: ['refs/heads/main', 'refs/tags/*'] },
    }
    world = await startSignInWorld({
      people: {},
      workloads: (issuer) => [
        { ...rule, issuer, name: 'release' },
        { ...rule, issuer, name: 'read', require: { project_id: ['18'] }, permissions: ['artifacts:read'] },
        {
          ...{ ...rule, issuer, name: 'cluster', reuse: true, audience: 'cluster' },
          require: { 'kubernetes.io/namespace': ['build'], 'kubernetes.io/serviceaccount/name': ['pusher'] },
        },
        { ...rule, issuer, name: 'nobody', audience: 'ghost', robot: 'acme/ghost' },
      ],
    })
    const robot = { namespace: 'acme', name: 'ci', about: '', disabled: false, createdAt: 0, createdBy: '' }
    await world.registry.composed.core.ledger.keep(async () => ({
      value: undefined,
      changes: [insert(robots, robot)],
    }))
  })
  after(async () => {
    await world?.[Symbol.asyncDispose]()
  })

  const claimsNow = (more: JWTPayload = {}): JWTPayload => {
    const now = Math.floor(world.registry.clock.now() / 1000)
    return {
      ...{ iss: world.provider.issuer, aud: audience, sub: 'repo:acme/app', jti: randomUUID() },
      ...{ iat: now, nbf: now, exp: now + 300, project_id: 17, ref: 'refs/tags/v1' },
      ...more,
    }
  }
  const signed = async (more: JWTPayload = {}): Promise<string> => await world.provider.sign(claimsNow(more))
  const exchange = async (token: string, more: Readonly<Record<string, string>> = {}): Promise<Answered> => {
    const answer = await fetch(`${world.registry.url}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token: token,
        subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
        ...more,
      }),
    })
    return { status: answer.status, body: (await answer.json()) as Answered['body'] }
  }
  const me = async (key: string): Promise<Record<string, unknown>> => {
    const answer = await fetch(`${world.registry.url}/api/v1/me`, {
      headers: { Authorization: `Bearer ${key}` },
    })
    return { status: answer.status, ...((await answer.json()) as object) }
  }

  it('wait while the issuer cannot be asked for its keys, or is another one', async () => {
    const usual = world.fetch
    const wrong: readonly SignInWorld['fetch'][] = [
      async () => await Promise.reject(new OutgoingError('unreachable', 'nobody answers')),
      async () => new Response('', { status: 502 }),
      async () =>
        Response.json({ issuer: 'https://evil.example', jwks_uri: `${world.provider.issuer}/jwks` }),
      async () => Response.json({ issuer: world.provider.issuer, jwks_uri: 'http://evil.example/jwks' }),
    ]
    try {
      for (const fetch of wrong) {
        world.fetch = fetch
        const { status, body } = await exchange(await signed())
        assert.deepEqual([status, body['error'], body['access_token']], [503, 'server_error', undefined])
      }
    } finally {
      world.fetch = usual
    }
    assert.equal((await exchange(await signed())).status, 200)
  })

  it('are taken by the rule whose claims they have, for a while', async () => {
    const { status, body } = await exchange(await signed())
    assert.equal(status, 200)
    const { access_token: key, key_id: id, ...rest } = body
    assert.deepEqual(rest, {
      token_type: 'Bearer',
      expires_in: 900,
      issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      rule: 'release',
      robot: 'acme/ci',
    })
    assert.deepEqual(await me(String(key)), { status: 200, principal: 'robot:acme/ci', via: 'key' })
    const { store } = world.registry.composed
    const row = (await allRows(store, keys)).find((one) => one.id === id)
    assert.deepEqual([row?.label, row?.owner], ['release: repo:acme/app', 'robot:acme/ci'])
    const entry = (await allRows(store, auditEntries)).find(({ after: made }) => made === id)
    assert.deepEqual(
      [entry?.by, entry?.action, entry?.target, entry?.before],
      ['system:workload/release', 'key.create', 'robot:acme/ci', 'repo:acme/app'],
    )
  })

  it('are for what the rule is for', async () => {
    const { body } = await exchange(await signed({ project_id: 18 }))
    const { scopes } = await me(String(body['access_token']))
    assert.deepEqual(scopes, [{ permissions: ['artifacts:read'], namespace: '*', kind: '*', name: '*' }])
  })

  it('are good once, whoever of 16 comes first', async () => {
    const token = await signed()
    const answers = await Promise.all(Array.from({ length: 16 }, () => exchange(token)))
    assert.equal(answers.filter(({ status }) => status === 200).length, 1)
    const [refused] = answers.filter(({ status }) => status !== 200)
    assert.match(String(refused?.body['error_description']), /used already/)
    // Without a name of its own, the text of it is.
    const { jti: _, ...nameless } = claimsNow()
    const plain = await world.provider.sign(nameless)
    assert.deepEqual([(await exchange(plain)).status, (await exchange(plain)).status], [200, 400])
  })

  it('are good again where the rule says so', async () => {
    const kubernetes = { namespace: 'build', serviceaccount: { name: 'pusher', uid: 'x' } }
    const token = await signed({ aud: ['cluster', 'api'], 'kubernetes.io': kubernetes })
    const answers = [await exchange(token), await exchange(token)]
    assert.deepEqual(
      answers.map(({ status, body }) => [status, body['rule']]),
      [
        [200, 'cluster'],
        [200, 'cluster'],
      ],
    )
    const other = await signed({ aud: 'cluster', 'kubernetes.io': { ...kubernetes, namespace: 'test' } })
    const { body } = await exchange(other)
    assert.deepEqual(body['rules'], [
      { rule: 'cluster', reason: 'kubernetes.io/namespace is to be "build", and is "test"' },
    ])
  })

  it('are refused with what they say, and what each rule wants', async () => {
    const { status, body } = await exchange(
      await signed({ ref: 'refs/heads/feature', note: 'x'.repeat(500) }),
    )
    assert.deepEqual([status, body['error']], [400, 'invalid_grant'])
    assert.deepEqual(body['rules'], [
      {
        rule: 'release',
        reason: 'ref is to be "refs/heads/main" or "refs/tags/*", and is "refs/heads/feature"',
      },
      { rule: 'read', reason: 'project_id is to be "18", and is "17"' },
    ])
    const claims = body['claims'] as Record<string, unknown>
    assert.deepEqual(
      [claims['sub'], claims['ref'], claims['project_id']],
      ['repo:acme/app', 'refs/heads/feature', 17],
    )
    assert.equal(String(claims['note']).length, 201)

    const named = await exchange(await signed({ project_id: 99 }), { rule: 'read' })
    assert.deepEqual(named.body['rules'], [{ rule: 'read', reason: 'project_id is to be "18", and is "99"' }])
    const unknown = await exchange(await signed(), { rule: 'constructor' })
    assert.deepEqual([unknown.status, unknown.body['rules']], [400, []])
  })

  it('tell nothing of the rules to who has no token of the issuer for this registry', async () => {
    const { privateKey } = await generateKeyPair('RS256')
    const forged = await new SignJWT(claimsNow())
      .setProtectedHeader({ alg: 'RS256', kid: 'provider-1' })
      .sign(privateKey)
    for (const token of [
      forged,
      await signed({ aud: 'another registry' }),
      await signed({ iss: 'https://evil.example' }),
    ]) {
      const { status, body } = await exchange(token)
      assert.deepEqual([status, body['rules']], [400, []])
      assert.equal(JSON.stringify(body).includes('refs/heads/main'), false)
    }
  })

  it('are refused: another audience, issuer or time, another key, none, and what everybody knows', async () => {
    const { provider } = world
    const now = Math.floor(world.registry.clock.now() / 1000)
    const { privateKey } = await generateKeyPair('RS256')
    const other = async (kid: string): Promise<string> =>
      await new SignJWT(claimsNow()).setProtectedHeader({ alg: 'RS256', kid }).sign(privateKey)
    const unsigned = (alg: string, secret?: string): string => {
      const text = [{ alg, kid: 'provider-1' }, claimsNow()]
        .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
        .join('.')
      return `${text}.${secret === undefined ? '' : createHmac('sha256', secret).update(text).digest('base64url')}`
    }
    const { exp: _, ...endless } = claimsNow()
    const hostile: Readonly<Record<string, string>> = {
      'another audience': await signed({ aud: 'https://other.example.com' }),
      'no audience': await provider.sign({ ...claimsNow(), aud: [] }),
      'another issuer': await signed({ iss: `${provider.issuer}/` }),
      'no issuer': await provider.sign({ ...claimsNow(), iss: undefined as unknown as string }),
      over: await signed({ iat: now - 900, nbf: now - 900, exp: now - 60 }),
      'not yet': await signed({ nbf: now + 120 }),
      endless: await provider.sign(endless),
      'another key': await other('provider-1'),
      'a key that there is not': await other('provider-2'),
      none: unsigned('none'),
      'HS256 with the public key': unsigned('HS256', provider.publicPem),
      'no token': 'a.b.c',
      'too long': `${'x'.repeat(20_000)}.e30.x`,
    }
    for (const [name, token] of Object.entries(hostile)) {
      const { status, body } = await exchange(token)
      assert.deepEqual([status, body['error'], body['access_token']], [400, 'invalid_grant', undefined], name)
    }
    assert.equal((await exchange(await signed())).status, 200)
  })

  it('are refused where the robot is not there, or is disabled; its keys end with it', async () => {
    const ghost = await exchange(await signed({ aud: 'ghost' }))
    assert.match(JSON.stringify(ghost.body['rules']), /there is no robot acme\/ghost/)
    const { body } = await exchange(await signed())
    const key = String(body['access_token'])
    const { core } = world.registry.composed
    const set = async (disabled: boolean): Promise<void> =>
      await core.ledger.keep(async () => {
        const row = await core.store.get(robots, ['acme', 'ci'])
        assert.ok(row !== undefined)
        const { rev, ...rest } = row
        return { value: undefined, changes: [put(robots, { ...rest, disabled }, rev)] }
      })
    await set(true)
    assert.equal((await exchange(await signed())).status, 400)
    assert.equal((await me(key))['status'], 401)
    await set(false)
    assert.equal((await me(key))['status'], 200)
  })

  it('leave nothing behind when they are over', async () => {
    const { core, store } = world.registry.composed
    world.registry.clock.jump(86_400_000)
    await expireLogins(core, new AbortController().signal)
    assert.deepEqual([await allRows(store, usedProofs), await allRows(store, keys)], [[], []])
  })
})

interface Answered {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}
