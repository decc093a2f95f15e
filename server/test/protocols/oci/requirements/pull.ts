import assert from 'node:assert/strict'
import { assertContent, assertError, digestOf, manifestType, uniqueBytes } from './oci-client.ts'
import type { Requirement } from './requirement.ts'

const absent = `sha256:${'0'.repeat(64)}`

export const pull: readonly Requirement[] = [
  {
    id: 'ping/answers',
    section: 'Determining Support',
    async check(client) {
      for (const path of ['/v2/', '/v2']) assert.equal((await client.ask('GET', path)).status, 200)
    },
  },
  {
    id: 'ping/version-header',
    section: 'Legacy Docker support HTTP headers',
    async check(client) {
      for (const path of ['/v2/', '/v2/no/such/tags/list', `/v2/no/such/blobs/${absent}`]) {
        const answer = await client.ask('GET', path)
        assert.equal(answer.headers['docker-distribution-api-version'], 'registry/2.0', path)
      }
    },
  },
  {
    id: 'pull/blob',
    section: 'Pulling blobs',
    async check(client) {
      const repository = client.repository()
      for (const bytes of [uniqueBytes(), uniqueBytes(300_000)]) {
        const digest = await client.pushBlob(repository, bytes)
        assertContent(
          await client.ask('GET', `/v2/${repository}/blobs/${digest}`),
          bytes,
          'application/octet-stream',
        )
      }
    },
  },
  {
    id: 'pull/blob-empty',
    section: 'Pulling blobs',
    async check(client) {
      const repository = client.repository()
      for (const bytes of [Buffer.alloc(0), Buffer.from('{}')]) {
        const digest = await client.pushBlob(repository, bytes)
        assertContent(
          await client.ask('GET', `/v2/${repository}/blobs/${digest}`),
          bytes,
          'application/octet-stream',
        )
      }
    },
  },
  {
    id: 'pull/blob-digest-header',
    section: 'Pulling blobs',
    async check(client) {
      const repository = client.repository()
      const digest = await client.pushBlob(repository, uniqueBytes())
      for (const method of ['GET', 'HEAD']) {
        const answer = await client.ask(method, `/v2/${repository}/blobs/${digest}`)
        assert.equal(answer.headers['docker-content-digest'], digest, method)
      }
    },
  },
  {
    id: 'pull/blob-head',
    section: 'Checking if content exists in the registry',
    async check(client) {
      const repository = client.repository()
      const bytes = uniqueBytes(700)
      const answer = await client.ask(
        'HEAD',
        `/v2/${repository}/blobs/${await client.pushBlob(repository, bytes)}`,
      )
      assert.equal(answer.status, 200)
      assert.equal(answer.headers['content-length'], String(bytes.length))
      assert.equal(answer.body.length, 0)
    },
  },
  {
    id: 'pull/blob-missing',
    section: 'Pulling blobs',
    async check(client) {
      const repository = client.repository()
      await client.pushBlob(repository, uniqueBytes())
      for (const name of [repository, client.repository()]) {
        assertError(await client.ask('GET', `/v2/${name}/blobs/${absent}`), 404, 'BLOB_UNKNOWN')
        assert.equal((await client.ask('HEAD', `/v2/${name}/blobs/${absent}`)).status, 404)
      }
    },
  },
  {
    id: 'pull/blob-of-another-repository',
    section: 'Pulling blobs',
    async check(client) {
      const digest = await client.pushBlob(client.repository(), uniqueBytes())
      const elsewhere = client.repository()
      await client.pushBlob(elsewhere, uniqueBytes())
      assert.equal((await client.ask('GET', `/v2/${elsewhere}/blobs/${digest}`)).status, 404)
    },
  },
  {
    id: 'pull/blob-range',
    section: 'Pulling blobs (RFC 9110 section 14)',
    async check(client) {
      const repository = client.repository()
      for (const size of [2048, 200_000]) {
        const bytes = uniqueBytes(size)
        const path = `/v2/${repository}/blobs/${await client.pushBlob(repository, bytes)}`
        for (const [range, start, end] of [
          ['500-1499', 500, 1499],
          ['500-', 500, size - 1],
          ['-500', size - 500, size - 1],
          [`${size - 48}-${size + 5000}`, size - 48, size - 1],
          ['0-0', 0, 0],
        ] as const) {
          const answer = await client.ask('GET', path, { headers: { Range: `bytes=${range}` } })
          assert.equal(answer.status, 206, range)
          assert.equal(answer.headers['content-range'], `bytes ${start}-${end}/${size}`)
          assert.equal(answer.headers['content-length'], String(end - start + 1))
          assert.ok(bytes.subarray(start, end + 1).equals(answer.body), range)
        }
      }
    },
  },
  {
    id: 'pull/blob-range-unsatisfiable',
    section: 'Pulling blobs (RFC 9110 section 15.5.17)',
    async check(client) {
      const repository = client.repository()
      const path = `/v2/${repository}/blobs/${await client.pushBlob(repository, uniqueBytes(2048))}`
      for (const range of ['5000-10000', '500-0']) {
        const answer = await client.ask('GET', path, { headers: { Range: `bytes=${range}` } })
        assert.equal(answer.status, 416, range)
        assert.equal(answer.headers['content-range'], 'bytes */2048')
      }
    },
  },
  {
    id: 'pull/blob-caching',
    section: 'Lading (RFC 9110 sections 8.8.3 and 13.1.2)',
    async check(client) {
      const repository = client.repository()
      const digest = await client.pushBlob(repository, uniqueBytes())
      const path = `/v2/${repository}/blobs/${digest}`
      for (const method of ['GET', 'HEAD']) {
        const first = await client.ask(method, path)
        assert.equal(first.headers.etag, `"${digest}"`)
        assert.match(first.headers['cache-control'] ?? '', /max-age=31536000, immutable/)
        assert.equal(first.headers['accept-ranges'], 'bytes')
        const again = await client.ask(method, path, { headers: { 'If-None-Match': `"${digest}"` } })
        assert.equal(again.status, 304)
        assert.equal(again.body.length, 0)
      }
    },
  },
  ...(['by-tag', 'by-digest'] as const).map(
    (by): Requirement => ({
      id: `pull/manifest-${by}`,
      section: 'Pulling manifests',
      async check(client) {
        const repository = client.repository()
        const { bytes, digest } = await client.pushImage(repository, 'v1')
        const path = `/v2/${repository}/manifests/${by === 'by-tag' ? 'v1' : digest}`
        for (let time = 1; time <= 2; time++) {
          const answer = await client.ask('GET', path, { headers: { Accept: manifestType } })
          assertContent(answer, bytes, manifestType)
          assert.equal(answer.headers['docker-content-digest'], digest)
        }
      },
    }),
  ),
  {
    id: 'pull/manifest-head',
    section: 'Checking if content exists in the registry',
    async check(client) {
      const repository = client.repository()
      const { bytes, digest } = await client.pushImage(repository, 'v1')
      for (const reference of ['v1', digest]) {
        const answer = await client.ask('HEAD', `/v2/${repository}/manifests/${reference}`)
        assert.equal(answer.status, 200)
        assert.equal(answer.headers['content-length'], String(bytes.length))
        assert.equal(answer.headers['content-type'], manifestType)
        assert.equal(answer.headers['docker-content-digest'], digest)
        assert.equal(answer.body.length, 0)
      }
    },
  },
  {
    id: 'pull/manifest-missing',
    section: 'Pulling manifests',
    async check(client) {
      const repository = client.repository()
      await client.pushImage(repository, 'v1')
      for (const name of [repository, client.repository()]) {
        for (const reference of ['absent', '.NO_TAG_AT_ALL', digestOf(uniqueBytes())]) {
          const path = `/v2/${name}/manifests/${reference}`
          const { status } = await client.ask('GET', path)
          assert.equal(status, 404, path)
          assert.equal((await client.ask('HEAD', path)).status, 404)
        }
      }
      assertError(await client.ask('GET', `/v2/${repository}/manifests/absent`), 404, 'MANIFEST_UNKNOWN')
    },
  },
  {
    id: 'pull/manifest-bad-digest',
    section: 'Error Codes',
    async check(client) {
      const answer = await client.ask('GET', `/v2/${client.repository()}/manifests/sha256:totallywrong`)
      assertError(answer, 400, 'DIGEST_INVALID')
    },
  },
  {
    id: 'pull/manifest-caching',
    section: 'Lading (RFC 9110 sections 8.8.3 and 13.1.2)',
    async check(client) {
      const repository = client.repository()
      const { digest } = await client.pushImage(repository, 'v1')
      const headers = { 'If-None-Match': `"${digest}"` }
      for (const [reference, policy] of [
        ['v1', /^no-cache$/],
        [digest, /immutable/],
      ] as const) {
        const path = `/v2/${repository}/manifests/${reference}`
        for (const method of ['GET', 'HEAD']) {
          const first = await client.ask(method, path)
          assert.equal(first.headers.etag, `"${digest}"`)
          assert.match(first.headers['cache-control'] ?? '', policy)
          assert.equal((await client.ask(method, path, { headers })).status, 304)
        }
      }
    },
  },
]
