import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { digestOf } from '../../src/domain/digest-of.ts'
import { startWithAccounts } from '../kit/accounted-registry.ts'
import { type Answer, ask } from '../kit/http-client.ts'
import { startPeopled } from '../kit/peopled-registry.ts'
import { startTestRegistry, type TestRegistry } from '../kit/test-registry.ts'

const rules = { immutableTags: [], quota: {}, retention: { tags: [] } }
const inside = '192.0.2.10'
const elsewhere = '203.0.113.7'
const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`
const type = 'application/vnd.oci.image.manifest.v1+json'

/** As somebody who comes from there. */
const caller =
  (registry: TestRegistry, from: string, authorization?: string) =>
  (method: string, path: string, body?: string): Promise<Answer> =>
    ask(registry.url, {
      method,
      path,
      headers: {
        'X-Forwarded-For': from,
        ...(authorization !== undefined && { Authorization: authorization }),
        ...(body !== undefined && { 'Content-Type': type }),
      },
      ...(body !== undefined && { body }),
    })

const config = '{}'
const manifest = JSON.stringify({
  schemaVersion: 2,
  mediaType: type,
  config: { mediaType: 'application/vnd.example.v1+json', digest: digestOf(Buffer.from(config)), size: 2 },
  layers: [],
})

async function push(call: ReturnType<typeof caller>, name: string): Promise<number> {
  await call('POST', `/v2/${name}/blobs/uploads/?digest=${digestOf(Buffer.from(config))}`, config)
  return (await call('PUT', `/v2/${name}/manifests/v1`, manifest)).status
}

describe('a namespace that is there from some addresses alone', () => {
  const given = {
    users: { ada: 'correct horse' },
    access: { write: ['ada'] },
    namespaces: { acme: { ...rules, addresses: ['192.0.2.0/24'] } },
    gate: { proxies: ['127.0.0.1'] },
  }
  const shows = basic('ada:correct horse')

  it('is as if it were not there from others, at every door, whoever asks', async () => {
    await using registry = await startTestRegistry(given)
    assert.equal(await push(caller(registry, inside, shows), 'acme/app'), 201)
    assert.equal(await push(caller(registry, inside, shows), 'open/app'), 201)
    const unlike = (answer: Answer): unknown => [answer.status, answer.text().replaceAll(/acme|none/g, '')]
    for (const authorization of [undefined, shows]) {
      const near = caller(registry, inside, authorization)
      const far = caller(registry, elsewhere, authorization)
      for (const path of ['/v2/acme/app/manifests/v1', '/v2/acme/app/tags/list', '/r/acme/app']) {
        assert.equal((await near('GET', path)).status, 200, path)
        const refused = await far('GET', path)
        assert.ok([401, 404].includes(refused.status), `${path}: ${refused.status}`)
        if (authorization !== undefined) assert.equal(refused.status, 404)
      }
      assert.match((await near('GET', '/v2/_catalog')).text(), /acme/)
      assert.deepEqual((await far('GET', '/v2/_catalog')).json(), { repositories: ['open/app'] })
      assert.doesNotMatch((await far('GET', '/')).text(), /acme\/app/)
      assert.match((await far('GET', '/')).text(), /open\/app/)
      assert.equal((await far('GET', '/v2/open/app/manifests/v1')).status, 200)
      const found = async (call: ReturnType<typeof caller>): Promise<unknown> => {
        const { total, hits } = (await call('GET', '/api/v1/search?q=app')).json()
        const namespaces = hits.map((hit: { artifact: { namespace: string } }) => hit.artifact.namespace)
        return [total, namespaces.sort()]
      }
      assert.deepEqual(await found(near), [2, ['acme', 'open']])
      assert.deepEqual(await found(far), [1, ['open']])
    }
    const far = caller(registry, elsewhere, shows)
    const [there, not] = [
      await far('GET', '/v2/acme/app/tags/list'),
      await far('GET', '/v2/none/app/tags/list'),
    ]
    assert.deepEqual(unlike(there), unlike(not))
    assert.equal(await push(far, 'acme/other'), 403)
    // No content is carried out of it either.
    const mount = `/v2/open/app/blobs/uploads/?mount=${digestOf(Buffer.from(manifest))}&from=acme/app`
    assert.equal((await far('POST', mount)).status, 202)
  })

  it('is explained from elsewhere as if it were not there, but to those who were let in by name', async () => {
    await using registry = await startPeopled({ gate: { proxies: ['127.0.0.1'] } })
    const near = caller(registry, inside, shows)
    await near('POST', '/v2/ada/app/blobs/uploads/')
    const patched = await ask(registry.url, {
      method: 'PATCH',
      path: '/api/v1/namespaces/ada',
      headers: { 'X-Forwarded-For': inside, Authorization: shows, 'Content-Type': 'application/json' },
      body: JSON.stringify({ visibility: 'public', addresses: ['192.0.2.0/24'] }),
    })
    assert.equal(patched.status, 204)
    const explained = async (who: string, namespace: string): Promise<string> => {
      const far = caller(registry, elsewhere, basic(`${who}:correct horse`))
      const answer = await far('GET', `/api/v1/explain?name=${namespace}/app`)
      return answer.text().replaceAll(namespace, '')
    }
    assert.equal(await explained('eve', 'ada'), await explained('eve', 'none'))
    assert.match(await explained('ada', 'ada'), /not there for the address/)
  })

  it('is not reached by an address that somebody makes up, unless everybody is believed', async () => {
    const reached = async (proxies: readonly string[]): Promise<number> => {
      await using registry = await startTestRegistry({ ...given, gate: { proxies } })
      const near = caller(registry, inside, shows)
      return (await near('GET', '/v2/acme/none/tags/list')).status
    }
    const body = async (proxies: readonly string[]): Promise<number> => {
      await using registry = await startTestRegistry({ ...given, gate: { proxies } })
      return await push(caller(registry, inside, shows), 'acme/app')
    }
    assert.equal(await reached([]), 404)
    assert.equal(await body([]), 403)
    assert.equal(await body(['127.0.0.1']), 201)
  })

  it('is not reached by a token that was made within', async () => {
    await using registry = await startWithAccounts({
      namespaces: { acme: { ...rules, addresses: ['192.0.2.0/24'] } },
      gate: { proxies: ['127.0.0.1'] },
    })
    const ada = basic('ada:correct horse')
    assert.equal(await push(caller(registry, inside, ada), 'acme/app'), 201)
    const scope = encodeURIComponent('repository:acme/app:pull')
    const asked = await caller(registry, inside, ada)('GET', `/token?service=lading&scope=${scope}`)
    const bearer = `Bearer ${asked.json().token}`
    const path = '/v2/acme/app/manifests/v1'
    assert.equal((await caller(registry, inside, bearer)('GET', path)).status, 200)
    assert.equal((await caller(registry, elsewhere, bearer)('GET', path)).status, 404)
  })
})

describe('a namespace whose owner has said from where it is there', () => {
  const start = async (configured: readonly string[] | undefined) =>
    await startWithAccounts({
      gate: { proxies: ['127.0.0.1'] },
      ...(configured && { namespaces: { acme: { ...rules, addresses: configured } } }),
    })
  const ada = basic('ada:correct horse')
  const set = async (registry: TestRegistry, from: string, body: object, who = ada): Promise<Answer> =>
    await ask(registry.url, {
      method: 'PATCH',
      path: '/api/v1/namespaces/acme',
      headers: { 'X-Forwarded-For': from, Authorization: who, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })
  const reads = async (registry: TestRegistry, from: string): Promise<number> =>
    (await caller(registry, from, ada)('GET', '/v2/acme/app/manifests/v1')).status

  it('is there from these alone, whoever asks, until it is said otherwise', async () => {
    await using registry = await start(undefined)
    const [near, far] = [caller(registry, inside, ada), caller(registry, elsewhere, ada)]
    assert.equal(await push(near, 'acme/app'), 201)
    assert.deepEqual([await reads(registry, inside), await reads(registry, elsewhere)], [200, 200])
    assert.equal((await set(registry, inside, { addresses: ['192.0.2.0/24', '2001:db8::/32'] })).status, 204)
    assert.deepEqual([await reads(registry, inside), await reads(registry, elsewhere)], [200, 404])
    assert.equal(await reads(registry, '2001:db8::5'), 200)
    // A grant of one's own does not lead there either, nor does any list.
    const shown = async (name: string): Promise<unknown> => {
      const answer = await far('GET', `/api/v1/namespaces/${name}`)
      return [answer.status, answer.text().replaceAll(/acme|none|"requestId":"[^"]*"/g, '')]
    }
    assert.deepEqual(await shown('acme'), await shown('none'))
    assert.doesNotMatch((await far('GET', '/api/v1/namespaces')).text(), /acme/)
    assert.equal((await near('GET', '/api/v1/namespaces/acme')).status, 200)
    assert.equal((await set(registry, elsewhere, { addresses: [] })).status, 403)
    assert.equal((await set(registry, inside, { addresses: [] })).status, 204)
    assert.equal(await reads(registry, elsewhere), 200)
  })

  it('opens nothing that the configuration has closed, and shuts out nobody by mistake', async () => {
    await using registry = await start(['192.0.2.0/24'])
    const near = caller(registry, inside, ada)
    assert.equal(await push(near, 'acme/app'), 201)
    const both = { addresses: ['192.0.2.10', elsewhere] }
    assert.equal((await set(registry, inside, both)).status, 204)
    assert.deepEqual([await reads(registry, inside), await reads(registry, elsewhere)], [200, 404])
    assert.equal(await reads(registry, '192.0.2.11'), 404)
    for (const [addresses, about] of [
      [[elsewhere], 'you come from 192.0.2.10'],
      [['192.0.2.0/33'], 'it is no address'],
      [['acme.example'], 'it is no address'],
      [Array(51).fill(inside), 'more than 50'],
    ] as const) {
      const refused = await set(registry, inside, { addresses })
      assert.deepEqual([refused.status, refused.json().code], [400, 'account-invalid'])
      assert.match(refused.json().detail, new RegExp(about))
    }
    assert.equal(await reads(registry, inside), 200)
  })

  it('is opened again by whoever sets what holds in the whole registry, from anywhere', async () => {
    await using registry = await startPeopled({ gate: { proxies: ['127.0.0.1'] } })
    assert.equal((await registry.api('ada', 'POST namespaces', { namespace: 'acme' })).status, 201)
    assert.equal((await set(registry, inside, { addresses: [inside] })).status, 204)
    const [bob, root] = [basic('bob:correct horse'), basic('root:correct horse')]
    assert.equal((await set(registry, elsewhere, { addresses: [] })).status, 403)
    assert.equal((await set(registry, elsewhere, { addresses: [] }, bob)).status, 403)
    assert.equal((await set(registry, elsewhere, { addresses: [] }, root)).status, 204)
    assert.equal((await set(registry, elsewhere, { visibility: 'public' })).status, 204)
  })
})

describe('a key that is good from some addresses alone', () => {
  it('is good there, by what a trusted proxy says, and nowhere else', async () => {
    await using registry = await startWithAccounts({ gate: { proxies: ['127.0.0.1'] } })
    const ada = caller(registry, elsewhere, basic('ada:correct horse'))
    const made = await ask(registry.url, {
      method: 'POST',
      path: '/api/v1/me/keys',
      headers: { Authorization: basic('ada:correct horse'), 'Content-Type': 'application/json' },
      body: JSON.stringify({ label: 'ci', from: ['192.0.2.0/24', '2001:db8::/32'] }),
    })
    assert.equal(made.status, 201)
    const { key } = made.json()
    const status = async (from: string, authorization: string): Promise<number> =>
      (await caller(registry, from, authorization)('GET', '/api/v1/me/keys')).status
    assert.equal((await ada('GET', '/api/v1/me/keys')).status, 200)
    for (const shown of [basic(`any:${key}`), `Bearer ${key}`]) {
      assert.equal(await status(inside, shown), 200)
      assert.equal(await status('2001:db8::7', shown), 200)
      assert.equal(await status(elsewhere, shown), 401)
      assert.equal(await status(`${inside}, ${elsewhere}`, shown), 401)
    }
  })

  it("is a robot's as well, with the tokens that are made of it, and holds within what the key is good for", async () => {
    await using registry = await startWithAccounts({ gate: { proxies: ['127.0.0.1'] } })
    const ada = caller(registry, inside, basic('ada:correct horse'))
    assert.equal(await push(ada, 'acme/app'), 201)
    assert.equal(await push(ada, 'acme/other'), 201)
    const made = await ask(registry.url, {
      method: 'POST',
      path: '/api/v1/namespaces/acme/robots/ci/keys',
      headers: { Authorization: basic('ada:correct horse'), 'Content-Type': 'application/json' },
      body: JSON.stringify({
        label: 'build',
        from: ['192.0.2.0/28', '2001:db8::/64'],
        scopes: [{ permissions: ['artifacts:read'], namespace: 'acme', name: 'app' }],
      }),
    })
    assert.equal(made.status, 201, made.text())
    const { key } = made.json()
    const places: Readonly<Record<string, boolean>> = {
      [inside]: true,
      '192.0.2.15': true,
      '192.0.2.16': false,
      '2001:db8::1': true,
      '2001:db8:0:1::1': false,
      // Whoever asked the proxy has written what stands before the last one.
      [`${inside}, ${elsewhere}`]: false,
      [`${elsewhere}, ${inside}`]: true,
      unknown: false,
      [elsewhere]: false,
    }
    const path = '/v2/acme/app/manifests/v1'
    const scope = encodeURIComponent('repository:acme/app:pull')
    const tokenPath = `/token?service=lading&offline_token=true&scope=${scope}`
    const tokens = (await caller(registry, inside, basic(`ci:${key}`))('GET', tokenPath)).json()
    const refresh = async (from: string): Promise<number> => {
      const answer = await ask(registry.url, {
        method: 'POST',
        path: '/token',
        headers: { 'X-Forwarded-For': from, 'Content-Type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({
          grant_type: 'refresh_token',
          refresh_token: tokens.refresh_token,
          service: 'lading',
        }).toString(),
      })
      return answer.status
    }
    for (const [from, isGood] of Object.entries(places)) {
      const expected = isGood ? 200 : 401
      for (const shown of [basic(`ci:${key}`), `Bearer ${key}`, `Bearer ${tokens.token}`])
        assert.equal((await caller(registry, from, shown)('GET', path)).status, expected, `${shown}, ${from}`)
      const asked = await caller(registry, from, basic(`ci:${key}`))('GET', tokenPath)
      assert.equal(asked.status, expected, `a token from ${from}`)
      assert.equal(await refresh(from), expected, `a refresh token from ${from}`)
    }
    const near = caller(registry, inside, basic(`ci:${key}`))
    assert.equal((await near('GET', '/v2/acme/other/manifests/v1')).status, 404)
    assert.equal(await push(near, 'acme/app'), 403)
  })
})
