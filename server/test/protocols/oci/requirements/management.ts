import assert from 'node:assert/strict'
import { assertError, describe, digestOf, indexType, uniqueBytes } from './oci-client.ts'
import type { Requirement } from './requirement.ts'

export const management: readonly Requirement[] = [
  {
    id: 'delete/tag',
    section: 'Deleting tags',
    async check(client) {
      const repository = client.repository()
      const { digest } = await client.pushImage(repository, 'v1')
      assert.equal((await client.ask('DELETE', `/v2/${repository}/manifests/v1`)).status, 202)
      assert.equal((await client.ask('GET', `/v2/${repository}/manifests/v1`)).status, 404)
      assert.equal((await client.ask('HEAD', `/v2/${repository}/manifests/v1`)).status, 404)
      assert.equal((await client.ask('GET', `/v2/${repository}/manifests/${digest}`)).status, 200)
      assert.deepEqual((await client.ask('GET', `/v2/${repository}/tags/list`)).json().tags, [])
    },
  },
  {
    id: 'delete/manifest',
    section: 'Deleting Manifests',
    async check(client) {
      const repository = client.repository()
      const { digest } = await client.pushImage(repository, 'v1')
      const path = `/v2/${repository}/manifests`
      assert.equal((await client.ask('GET', `${path}/v1`)).status, 200)
      assert.equal((await client.ask('DELETE', `${path}/${digest}`)).status, 202)
      for (const reference of [digest, 'v1']) {
        assert.equal((await client.ask('GET', `${path}/${reference}`)).status, 404)
        assert.equal((await client.ask('HEAD', `${path}/${reference}`)).status, 404)
      }
      assert.deepEqual((await client.ask('GET', `/v2/${repository}/tags/list`)).json().tags, [])
    },
  },
  {
    id: 'delete/blob',
    section: 'Deleting Blobs',
    async check(client) {
      const repository = client.repository()
      for (const bytes of [uniqueBytes(), uniqueBytes(100_000)]) {
        const path = `/v2/${repository}/blobs/${await client.pushBlob(repository, bytes)}`
        assert.equal((await client.ask('DELETE', path)).status, 202)
        assert.equal((await client.ask('GET', path)).status, 404)
        assert.equal((await client.ask('HEAD', path)).status, 404)
      }
    },
  },
  {
    id: 'delete/blob-keeps-other-repositories',
    section: 'Deleting Blobs',
    async check(client) {
      const [one, other] = [client.repository(), client.repository()]
      const digest = await client.pushBlob(one, uniqueBytes())
      const mounted = await client.ask('POST', `/v2/${other}/blobs/uploads/?mount=${digest}&from=${one}`)
      assert.equal(mounted.status, 201)
      assert.equal((await client.ask('DELETE', `/v2/${one}/blobs/${digest}`)).status, 202)
      assert.equal((await client.ask('GET', `/v2/${other}/blobs/${digest}`)).status, 200)
    },
  },
  {
    id: 'delete/blob-in-use',
    section: 'Lading',
    async check(client) {
      const repository = client.repository()
      const { layer, digest } = await client.pushImage(repository, 'v1')
      const path = `/v2/${repository}/blobs/${layer}`
      const refused = await client.ask('DELETE', path)
      assertError(refused, 409, 'DENIED')
      assert.ok(refused.text().includes(digest))
      assert.equal((await client.ask('GET', path)).status, 200)
      assert.equal((await client.ask('DELETE', `/v2/${repository}/manifests/${digest}`)).status, 202)
      assert.equal((await client.ask('DELETE', path)).status, 202)
    },
  },
  {
    id: 'delete/manifest-in-use',
    section: 'Lading',
    async check(client) {
      const repository = client.repository()
      const image = await client.pushImage(repository, 'v1')
      const manifests = [describe(image)]
      const index = await client.putManifest(
        repository,
        'i',
        { schemaVersion: 2, mediaType: indexType, manifests },
        indexType,
      )
      const path = `/v2/${repository}/manifests`
      assertError(await client.ask('DELETE', `${path}/${image.digest}`), 409, 'DENIED')
      assert.equal((await client.ask('GET', `${path}/${image.digest}`)).status, 200)
      assert.equal((await client.ask('DELETE', `${path}/${index.digest}`)).status, 202)
      assert.equal((await client.ask('DELETE', `${path}/${image.digest}`)).status, 202)
    },
  },
  {
    id: 'delete/missing',
    section: 'Deleting Manifests, Deleting Blobs',
    async check(client) {
      const repository = client.repository()
      await client.pushImage(repository, 'v1')
      const digest = digestOf(uniqueBytes())
      assertError(
        await client.ask('DELETE', `/v2/${repository}/manifests/${digest}`),
        404,
        'MANIFEST_UNKNOWN',
      )
      assertError(await client.ask('DELETE', `/v2/${repository}/manifests/absent`), 404, 'MANIFEST_UNKNOWN')
      assertError(await client.ask('DELETE', `/v2/${repository}/blobs/${digest}`), 404, 'BLOB_UNKNOWN')
    },
  },
  {
    id: 'errors/method',
    section: 'Error Codes (RFC 9110 section 15.5.6)',
    async check(client) {
      const repository = client.repository()
      for (const [method, path, allow] of [
        ['POST', '/v2/', 'GET, HEAD'],
        ['DELETE', `/v2/${repository}/tags/list`, 'GET, HEAD'],
        ['PATCH', `/v2/${repository}/manifests/v1`, 'GET, HEAD, PUT, DELETE'],
        ['PUT', `/v2/${repository}/blobs/uploads/`, 'POST'],
      ] as const) {
        const answer = await client.ask(method, path)
        assertError(answer, 405, 'UNSUPPORTED')
        assert.equal(answer.headers['allow'], allow)
      }
    },
  },
  {
    id: 'errors/name',
    section: 'Pulling manifests',
    async check(client) {
      for (const name of ['UPPER/case', 'a//b', 'a/-b', 'a/b..c', `a/${'b'.repeat(300)}`]) {
        assertError(await client.ask('GET', `/v2/${name}/tags/list`), 400, 'NAME_INVALID')
        assertError(await client.ask('POST', `/v2/${name}/blobs/uploads/`), 400, 'NAME_INVALID')
      }
    },
  },
  {
    id: 'errors/unknown-path',
    section: 'Endpoints',
    async check(client) {
      for (const path of ['/v2/a/b', '/v2/tags/list', '/v2/a/b/tags/other']) {
        assertError(await client.ask('GET', path), 404, 'UNSUPPORTED')
      }
    },
  },
  {
    id: 'names/with-words-of-paths',
    section: 'Endpoints',
    async check(client) {
      for (const words of ['blobs', 'manifests', 'tags/list', 'blobs/uploads', 'referrers']) {
        const repository = `${client.repository()}/${words}`
        const { digest, layer } = await client.pushImage(repository, 'uploads')
        assert.equal((await client.ask('GET', `/v2/${repository}/manifests/uploads`)).status, 200)
        assert.equal((await client.ask('GET', `/v2/${repository}/blobs/${layer}`)).status, 200)
        assert.deepEqual((await client.ask('GET', `/v2/${repository}/tags/list`)).json().tags, ['uploads'])
        assert.deepEqual((await client.referrers(repository, digest)).json().manifests, [])
      }
    },
  },
]
