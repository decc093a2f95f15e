import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { startTestRegistry, type TestRegistry, type TestRegistryOptions } from '../../kit/test-registry.ts'
import { assertError, manifestType, OciClient } from './requirements/oci-client.ts'

const users = { rita: 'reads', will: 'writes', olga: 'is outside' }
const who = { anonymous: undefined, rita: 'rita:reads', will: 'will:writes', olga: 'olga:is outside' }
type Who = keyof typeof who

const cases: readonly {
  readonly access: TestRegistryOptions['access']
  readonly ping: number
  readonly read: Readonly<Record<Who, number>>
  readonly write: Readonly<Record<Who, number>>
}[] = [
  {
    access: { read: 'anyone', write: ['will'] },
    ping: 401,
    read: { anonymous: 200, rita: 200, will: 200, olga: 200 },
    write: { anonymous: 401, rita: 403, will: 202, olga: 403 },
  },
  {
    access: { read: ['rita'], write: ['will'] },
    ping: 401,
    read: { anonymous: 401, rita: 200, will: 200, olga: 404 },
    write: { anonymous: 401, rita: 403, will: 202, olga: 403 },
  },
  {
    access: { read: 'anyone', write: 'anyone' },
    ping: 200,
    read: { anonymous: 200, rita: 200, will: 200, olga: 200 },
    write: { anonymous: 202, rita: 202, will: 202, olga: 202 },
  },
]

for (const { access, ping, read, write } of cases) {
  describe(`access ${JSON.stringify(access)}`, () => {
    let registry: TestRegistry
    let layer: string
    const repository = 'acme/app'
    before(async () => {
      registry = await startTestRegistry({ users, access: access ?? {} })
      layer = (await new OciClient(registry.url, who.will).pushImage(repository, 'v1')).layer
    })
    after(() => registry[Symbol.asyncDispose]())

    it(`answers an anonymous ping with ${ping}`, async () => {
      const answer = await new OciClient(registry.url).ask('GET', '/v2/')
      assert.equal(answer.status, ping)
      const challenge = ping === 401 ? `Bearer realm="${registry.url}/token",service="lading"` : undefined
      assert.equal(answer.headers['www-authenticate'], challenge)
      assert.equal((await new OciClient(registry.url, who.olga).ask('GET', '/v2/')).status, 200)
    })

    for (const name of Object.keys(who) as Who[]) {
      it(`lets ${name} read with ${read[name]} and write with ${write[name]}`, async () => {
        const client = new OciClient(registry.url, who[name])
        for (const path of [
          'manifests/v1',
          `blobs/${layer}`,
          'tags/list',
          `referrers/${layer}`,
          '_lading/tags/v1/history',
        ]) {
          const answer = await client.ask('GET', `/v2/${repository}/${path}`)
          assert.equal(answer.status, read[name], path)
          if (read[name] === 401)
            assert.equal(
              answer.headers['www-authenticate'],
              `Bearer realm="${registry.url}/token",service="lading",scope="repository:acme/app:pull"`,
            )
        }
        assert.equal((await client.ask('POST', `/v2/${repository}/blobs/uploads/`)).status, write[name])
        if (write[name] === 202) return
        const put = await client.ask('PUT', `/v2/${repository}/manifests/v2`, {
          headers: { 'Content-Type': manifestType },
          body: '{}',
        })
        assertError(put, write[name], write[name] === 401 ? 'UNAUTHORIZED' : 'DENIED')
        assert.equal((await client.ask('DELETE', `/v2/${repository}/manifests/v1`)).status, write[name])
      })
    }

    it('lists repositories to those alone who may read them', async () => {
      for (const name of Object.keys(who) as Who[]) {
        const answer = await new OciClient(registry.url, who[name]).ask('GET', '/v2/_catalog')
        if (read[name] === 401) assertError(answer, 401, 'UNAUTHORIZED')
        else assert.deepEqual(answer.json(), { repositories: read[name] === 200 ? [repository] : [] }, name)
      }
    })

    it('refuses a wrong password whatever it is for', async () => {
      for (const auth of ['will:wrong', 'nobody:writes']) {
        const answer = await new OciClient(registry.url, auth).ask('GET', `/v2/${repository}/manifests/v1`)
        assertError(answer, 401, 'UNAUTHORIZED')
        assert.match(answer.headers['www-authenticate'] ?? '', /^Bearer /)
      }
    })

    it('lets shared caches keep only what anyone may read', async () => {
      const answer = await new OciClient(registry.url, who.will).ask(
        'GET',
        `/v2/${repository}/blobs/${layer}`,
      )
      const scope = read.anonymous === 200 ? 'public' : 'private'
      assert.equal(answer.headers['cache-control'], `${scope}, max-age=31536000, immutable`)
    })
  })
}

describe('a page of another web site', () => {
  it('begins no upload on a registry that anyone may write to', async () => {
    await using registry = await startTestRegistry()
    const answer = await new OciClient(registry.url).ask('POST', '/v2/acme/app/blobs/uploads/', {
      headers: { Origin: 'http://elsewhere.example', 'Content-Type': 'text/plain' },
      body: 'x',
    })
    assertError(answer, 403, 'DENIED')
    assert.equal(answer.headers.location, undefined)
  })
})
