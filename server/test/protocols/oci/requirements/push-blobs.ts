import assert from 'node:assert/strict'
import type { Answer } from '../../../kit/http-client.ts'
import {
  assertContent,
  assertError,
  digestOf,
  location,
  type OciClient,
  uniqueBytes,
  withDigest,
} from './oci-client.ts'
import type { Requirement } from './requirement.ts'

const octets = 'application/octet-stream'

/** "Pulling blobs": the Location of what was pushed is where it can be pulled. */
async function assertPulls(
  client: OciClient,
  pushed: Answer,
  bytes: Uint8Array,
  digest: string,
): Promise<void> {
  assert.equal(pushed.status, 201, pushed.text())
  assert.equal(pushed.headers['docker-content-digest'], digest)
  assertContent(await client.ask('GET', location(pushed)), bytes, octets)
}

async function chunk(
  client: OciClient,
  path: string,
  bytes: Buffer,
  start: number,
  end: number,
  method = 'PATCH',
): Promise<Answer> {
  return await client.ask(method, path, {
    headers: { 'Content-Type': octets, 'Content-Range': `${start}-${end - 1}` },
    body: bytes.subarray(start, end),
  })
}

/** All that is said of one algorithm. */
function forAlgorithm(algorithm: 'sha256' | 'sha512'): readonly Requirement[] {
  return [
    {
      id: `push/post-then-put-${algorithm}`,
      section: 'POST then PUT',
      async check(client) {
        const bytes = uniqueBytes(100_000)
        const digest = digestOf(bytes, algorithm)
        const begun = await client.ask('POST', `/v2/${client.repository()}/blobs/uploads/`)
        assert.equal(begun.status, 202)
        assert.match(location(begun), /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/)
        const put = await client.ask('PUT', withDigest(location(begun), digest), { body: bytes })
        await assertPulls(client, put, bytes, digest)
      },
    },
    {
      id: `push/single-post-${algorithm}`,
      section: 'Single POST',
      async check(client) {
        for (const bytes of [uniqueBytes(), uniqueBytes(150_000)]) {
          const digest = digestOf(bytes, algorithm)
          const path = withDigest(`/v2/${client.repository()}/blobs/uploads/`, digest)
          await assertPulls(client, await client.ask('POST', path, { body: bytes }), bytes, digest)
        }
      },
    },
    {
      id: `push/chunks-${algorithm}`,
      section: 'Pushing a blob in chunks',
      async check(client) {
        const bytes = uniqueBytes(150_000)
        const digest = digestOf(bytes, algorithm)
        let path = await client.begin(client.repository())
        for (const [start, end] of [
          [0, 1000],
          [1000, 80_000],
          [80_000, 150_000],
        ] as const) {
          const answer = await chunk(client, path, bytes, start, end)
          assert.equal(answer.status, 202, answer.text())
          assert.equal(answer.headers.range, `0-${end - 1}`)
          path = location(answer)
        }
        await assertPulls(client, await client.ask('PUT', withDigest(path, digest)), bytes, digest)
      },
    },
    {
      id: `push/stream-${algorithm}`,
      section: 'Pushing a blob in chunks',
      async check(client) {
        const bytes = uniqueBytes(100_000)
        const digest = digestOf(bytes, algorithm)
        const stream = (async function* (): AsyncGenerator<Uint8Array> {
          yield bytes.subarray(0, 70_000)
          yield bytes.subarray(70_000)
        })()
        const patched = await client.ask('PATCH', await client.begin(client.repository()), { body: stream })
        assert.equal(patched.status, 202, patched.text())
        assert.equal(patched.headers.range, '0-99999')
        const put = await client.ask('PUT', withDigest(location(patched), digest))
        await assertPulls(client, put, bytes, digest)
      },
    },
    {
      id: `push/wrong-digest-${algorithm}`,
      section: 'Pushing blobs',
      async check(client) {
        const repository = client.repository()
        const bytes = uniqueBytes(100_000)
        const digest = digestOf(uniqueBytes(), algorithm)
        const put = await client.ask('PUT', withDigest(await client.begin(repository), digest), {
          body: bytes,
        })
        assertError(put, 400, 'DIGEST_INVALID')
        const post = await client.ask('POST', withDigest(`/v2/${repository}/blobs/uploads/`, digest), {
          body: bytes,
        })
        assertError(post, 400, 'DIGEST_INVALID')
        const patched = await client.ask('PATCH', await client.begin(repository), { body: bytes })
        assertError(await client.ask('PUT', withDigest(location(patched), digest)), 400, 'DIGEST_INVALID')
        for (const held of [digest, digestOf(bytes, algorithm)]) {
          assert.equal((await client.ask('HEAD', `/v2/${repository}/blobs/${held}`)).status, 404)
        }
      },
    },
  ]
}

export const pushBlobs: readonly Requirement[] = [
  ...forAlgorithm('sha256'),
  ...forAlgorithm('sha512'),
  {
    id: 'push/last-chunk-in-put',
    section: 'Pushing a blob in chunks',
    async check(client) {
      const bytes = uniqueBytes(100_000)
      const digest = digestOf(bytes)
      const first = await chunk(client, await client.begin(client.repository()), bytes, 0, 60_000)
      const put = await chunk(client, withDigest(location(first), digest), bytes, 60_000, 100_000, 'PUT')
      await assertPulls(client, put, bytes, digest)
    },
  },
  ...(['PATCH', 'PUT'] as const).map(
    (method): Requirement => ({
      id: `push/out-of-order-${method.toLowerCase()}`,
      section: 'Pushing a blob in chunks',
      async check(client) {
        const bytes = uniqueBytes(3000)
        const digest = digestOf(bytes)
        const path = await client.begin(client.repository())
        const address = (at: string): string => (method === 'PUT' ? withDigest(at, digest) : at)
        const early = await chunk(client, address(path), bytes, 1000, 2000, method)
        assert.equal(early.status, 416, 'a first chunk that does not begin at 0')
        const empty = await client.ask('GET', path)
        assert.equal(empty.status, 204)
        assert.match(empty.headers.range ?? '', /^0-[0-9]+$/)
        const first = await chunk(client, location(empty), bytes, 0, 1000)
        assert.equal(first.status, 202)
        for (const [start, end] of [
          [2000, 3000],
          [0, 1000],
        ] as const) {
          const wrong = await chunk(client, address(location(first)), bytes, start, end, method)
          assert.equal(wrong.status, 416)
          assert.equal(wrong.headers.range, '0-999')
          assert.ok(wrong.headers.location)
        }
        const status = await client.ask('GET', location(first))
        assert.equal(status.status, 204)
        assert.equal(status.headers.range, '0-999')
        const put = await chunk(client, withDigest(location(status), digest), bytes, 1000, 3000, 'PUT')
        await assertPulls(client, put, bytes, digest)
      },
    }),
  ),
  {
    id: 'push/status',
    section: 'Pushing a blob in chunks',
    async check(client) {
      const bytes = uniqueBytes(2000)
      const patched = await chunk(client, await client.begin(client.repository()), bytes, 0, 2000)
      const status = await client.ask('GET', location(patched))
      assert.equal(status.status, 204)
      assert.equal(status.headers.range, '0-1999')
      assert.ok(status.headers.location)
      assert.equal(status.body.length, 0)
    },
  },
  {
    id: 'push/cancel',
    section: 'Cancel a blob upload',
    async check(client) {
      const bytes = uniqueBytes(100_000)
      const patched = await chunk(client, await client.begin(client.repository()), bytes, 0, 100_000)
      assert.equal((await client.ask('DELETE', location(patched))).status, 204)
      assertError(await client.ask('GET', location(patched)), 404, 'BLOB_UPLOAD_UNKNOWN')
    },
  },
  {
    id: 'push/cancel-unused',
    section: 'Cancel a blob upload',
    async check(client) {
      assert.equal((await client.ask('DELETE', await client.begin(client.repository()))).status, 204)
    },
  },
  {
    id: 'push/unknown-upload',
    section: 'Error Codes',
    async check(client) {
      const path = `/v2/${client.repository()}/blobs/uploads/00000000-0000-4000-8000-000000000000`
      assertError(await client.ask('PATCH', path, { body: 'x' }), 404, 'BLOB_UPLOAD_UNKNOWN')
      assertError(await client.ask('GET', path), 404, 'BLOB_UPLOAD_UNKNOWN')
    },
  },
  {
    id: 'push/unsupported-digest',
    section: 'Pushing blobs',
    async check(client) {
      const repository = client.repository()
      const md5 = `md5:${'0'.repeat(32)}`
      const post = await client.ask('POST', withDigest(`/v2/${repository}/blobs/uploads/`, md5), {
        body: 'x',
      })
      assertError(post, 400, 'DIGEST_INVALID')
      const put = await client.ask('PUT', withDigest(await client.begin(repository), md5), { body: 'x' })
      assertError(put, 400, 'DIGEST_INVALID')
      const bare = await client.ask('PUT', await client.begin(repository), { body: 'x' })
      assertError(bare, 400, 'DIGEST_INVALID')
    },
  },
  {
    id: 'push/digest-algorithm',
    section: 'Pushing a blob in chunks',
    async check(client) {
      const bytes = uniqueBytes(100_000)
      const digest = digestOf(bytes, 'sha512')
      const repository = client.repository()
      const path = await client.begin(repository, '?digest-algorithm=sha512')
      await assertPulls(
        client,
        await client.ask('PUT', withDigest(path, digest), { body: bytes }),
        bytes,
        digest,
      )
      const unknown = await client.ask('POST', `/v2/${repository}/blobs/uploads/?digest-algorithm=md5`)
      assert.equal(unknown.status, 400)
    },
  },
  {
    id: 'push/mount',
    section: 'Mounting a blob from another repository',
    async check(client) {
      const [source, target] = [client.repository(), client.repository()]
      const bytes = uniqueBytes(100_000)
      const digest = await client.pushBlob(source, bytes)
      const mounted = await client.ask('POST', `/v2/${target}/blobs/uploads/?mount=${digest}&from=${source}`)
      await assertPulls(client, mounted, bytes, digest)
      assert.match(location(mounted), new RegExp(`^/v2/${target}/`))
    },
  },
  {
    id: 'push/mount-from-anywhere',
    section: 'Mounting a blob from another repository',
    async check(client) {
      const bytes = uniqueBytes(100_000)
      const digest = await client.pushBlob(client.repository(), bytes)
      const path = `/v2/${client.repository()}/blobs/uploads/?mount=${digest}`
      await assertPulls(client, await client.ask('POST', path), bytes, digest)
    },
  },
  {
    id: 'push/mount-missing',
    section: 'Mounting a blob from another repository',
    async check(client) {
      const [source, target] = [client.repository(), client.repository()]
      const bytes = uniqueBytes()
      const digest = digestOf(bytes)
      const refused = await client.ask('POST', `/v2/${target}/blobs/uploads/?mount=${digest}&from=${source}`)
      assert.equal(refused.status, 202)
      const put = await client.ask('PUT', withDigest(location(refused), digest), { body: bytes })
      await assertPulls(client, put, bytes, digest)
    },
  },
  {
    id: 'push/again',
    section: 'Use Cases, Layer Upload De-duplication',
    async check(client) {
      const repository = client.repository()
      const bytes = uniqueBytes(100_000)
      const digest = await client.pushBlob(repository, bytes)
      const path = withDigest(await client.begin(repository), digest)
      await assertPulls(client, await client.ask('PUT', path, { body: bytes }), bytes, digest)
    },
  },
]
