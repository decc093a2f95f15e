import assert from 'node:assert/strict'
import {
  assertContent,
  assertError,
  configType,
  describe,
  digestOf,
  emptyType,
  indexType,
  location,
  manifestType,
  uniqueBytes,
} from './oci-client.ts'
import type { Requirement } from './requirement.ts'

export const pushManifests: readonly Requirement[] = [
  ...(['by-tag', 'by-digest'] as const).map(
    (by): Requirement => ({
      id: `push/manifest-${by}`,
      section: 'Pushing Manifests',
      async check(client) {
        const repository = client.repository()
        const manifest = await client.image(repository)
        const digest = digestOf(Buffer.from(JSON.stringify(manifest)))
        const pushed = await client.putManifest(repository, by === 'by-tag' ? 'v1' : digest, manifest)
        assert.equal(pushed.answer.headers['docker-content-digest'], digest)
        assertContent(await client.ask('GET', location(pushed.answer)), pushed.bytes, manifestType)
      },
    }),
  ),
  {
    id: 'push/manifest-exact-bytes',
    section: 'Pushing Manifests',
    async check(client) {
      const repository = client.repository()
      const text = `${JSON.stringify(await client.image(repository, { 'org.example.unknown': [1, { a: 'é' }] }), null, 3)}\n\n`
      const path = `/v2/${repository}/manifests/v1`
      const put = await client.ask('PUT', path, { headers: { 'Content-Type': manifestType }, body: text })
      assert.equal(put.status, 201, put.text())
      assertContent(await client.ask('GET', path), Buffer.from(text), manifestType)
    },
  },
  {
    id: 'push/manifest-type-parameters',
    section: 'Pushing Manifests',
    async check(client) {
      const repository = client.repository()
      const manifest = await client.image(repository)
      await client.putManifest(repository, 'v1', manifest, `${manifestType}; charset=utf-8`)
      const answer = await client.ask('GET', `/v2/${repository}/manifests/v1`)
      assert.equal(answer.headers['content-type'], manifestType)
    },
  },
  {
    id: 'push/manifest-moves-tag',
    section: 'Pushing Manifests',
    async check(client) {
      const repository = client.repository()
      const first = await client.pushImage(repository, 'v1')
      const second = await client.pushImage(repository, 'v1')
      const path = `/v2/${repository}/manifests`
      assertContent(await client.ask('GET', `${path}/v1`), second.bytes, manifestType)
      assertContent(await client.ask('GET', `${path}/${first.digest}`), first.bytes, manifestType)
    },
  },
  {
    id: 'push/manifest-wrong-digest',
    section: 'Pushing Manifests',
    async check(client) {
      const repository = client.repository()
      const body = JSON.stringify(await client.image(repository))
      const digest = digestOf(uniqueBytes())
      const path = `/v2/${repository}/manifests/${digest}`
      assertError(
        await client.ask('PUT', path, { headers: { 'Content-Type': manifestType }, body }),
        400,
        'DIGEST_INVALID',
      )
      assert.equal((await client.ask('GET', path)).status, 404)
    },
  },
  {
    id: 'push/manifest-sha512',
    section: 'Pushing Manifests',
    async check(client) {
      const repository = client.repository()
      const manifest = await client.image(repository)
      const digest = digestOf(Buffer.from(JSON.stringify(manifest)), 'sha512')
      const pushed = await client.putManifest(repository, digest, manifest)
      assert.equal(pushed.answer.headers['docker-content-digest'], digest)
      assertContent(
        await client.ask('GET', `/v2/${repository}/manifests/${digest}`),
        pushed.bytes,
        manifestType,
      )
    },
  },
  {
    id: 'push/manifest-tag-parameters',
    section: 'Pushing Manifests',
    async check(client) {
      const repository = client.repository()
      const manifest = await client.image(repository)
      const tags = ['1', '1.2', '1.2.3', 'latest', 'a', 'b', 'c', 'd', 'e', 'f']
      const digest = digestOf(Buffer.from(JSON.stringify(manifest)))
      const query = tags.map((tag) => `tag=${tag}`).join('&')
      const pushed = await client.putManifest(repository, `${digest}?${query}`, manifest)
      const named = String(pushed.answer.headers['oci-tag'] ?? '')
        .split(',')
        .map((tag) => tag.trim())
      assert.deepEqual(named.sort(), [...tags].sort())
      for (const tag of tags) {
        assertContent(
          await client.ask('GET', `/v2/${repository}/manifests/${tag}`),
          pushed.bytes,
          manifestType,
        )
      }
    },
  },
  {
    id: 'push/manifest-missing-content',
    section: 'Push',
    async check(client) {
      const repository = client.repository()
      const absent = digestOf(uniqueBytes())
      const manifest = await client.image(repository)
      manifest.layers.push({ mediaType: configType, digest: absent, size: 3 })
      const answer = await client.ask('PUT', `/v2/${repository}/manifests/v1`, {
        headers: { 'Content-Type': manifestType },
        body: JSON.stringify(manifest),
      })
      assertError(answer, 400, 'MANIFEST_BLOB_UNKNOWN')
      assert.ok(answer.text().includes(absent))
      assert.equal((await client.ask('GET', `/v2/${repository}/manifests/v1`)).status, 404)
    },
  },
  {
    id: 'push/manifest-invalid',
    section: 'Error Codes',
    async check(client) {
      const path = `/v2/${client.repository()}/manifests/v1`
      for (const body of ['', 'blah', '{"schemaVersion":2', '[]']) {
        const answer = await client.ask('PUT', path, { headers: { 'Content-Type': manifestType }, body })
        assertError(answer, 400, 'MANIFEST_INVALID')
      }
    },
  },
  {
    id: 'push/manifest-bad-tag',
    section: 'Pulling manifests',
    async check(client) {
      const repository = client.repository()
      const body = JSON.stringify(await client.image(repository))
      for (const tag of ['.dot', '-dash', 'a'.repeat(129), 'bl%20ank', 'a+b']) {
        const path = `/v2/${repository}/manifests/${tag}`
        const answer = await client.ask('PUT', path, { headers: { 'Content-Type': manifestType }, body })
        assertError(answer, 400, 'MANIFEST_INVALID')
      }
      const longest = `a${'.Z-_'.repeat(31)}abc`
      assert.equal(longest.length, 128)
      await client.putManifest(repository, longest, JSON.parse(body))
    },
  },
  {
    id: 'push/manifest-of-4-mb',
    section: 'Pushing Manifests',
    async check(client) {
      const repository = client.repository()
      const annotations = Object.fromEntries(
        Array.from({ length: 390 }, (_, n) => [`large-${n}`, 'A'.repeat(10_000)]),
      )
      const { bytes } = await client.pushImage(repository, 'large', { annotations })
      assertContent(await client.ask('GET', `/v2/${repository}/manifests/large`), bytes, manifestType)
    },
  },
  {
    id: 'push/manifest-too-large',
    section: 'Pushing Manifests',
    async check(client) {
      const repository = client.repository()
      const body = JSON.stringify(
        await client.image(repository, { annotations: { large: 'A'.repeat(9_000_000) } }),
      )
      const path = `/v2/${repository}/manifests/large`
      const answer = await client.ask('PUT', path, { headers: { 'Content-Type': manifestType }, body })
      assertError(answer, 413, 'SIZE_INVALID')
      assert.equal((await client.ask('GET', path)).status, 404)
    },
  },
  {
    id: 'push/index',
    section: 'Pushing Manifests',
    async check(client) {
      const repository = client.repository()
      const manifests = [
        {
          ...describe(await client.pushImage(repository, 'a')),
          platform: { os: 'linux', architecture: 'amd64' },
        },
        describe(await client.pushImage(repository, 'b')),
      ]
      const index = { schemaVersion: 2, mediaType: indexType, manifests }
      const inner = await client.putManifest(repository, 'index', index, indexType)
      const nested = { schemaVersion: 2, mediaType: indexType, manifests: [describe(inner)] }
      const empty = { schemaVersion: 2, mediaType: indexType, manifests: [] }
      const outer = await client.putManifest(repository, 'nested', nested, indexType)
      const none = await client.putManifest(repository, 'empty', empty, indexType)
      for (const [tag, bytes] of [
        ['index', inner.bytes],
        ['nested', outer.bytes],
        ['empty', none.bytes],
      ] as const) {
        assertContent(await client.ask('GET', `/v2/${repository}/manifests/${tag}`), bytes, indexType)
      }
    },
  },
  {
    id: 'push/artifact',
    section: 'Pushing Manifests',
    async check(client) {
      const repository = client.repository()
      const config = {
        mediaType: emptyType,
        digest: await client.pushBlob(repository, Buffer.from('{}')),
        size: 2,
      }
      const base = {
        schemaVersion: 2,
        mediaType: manifestType,
        artifactType: 'application/x.example',
        config,
      }
      const outside = {
        mediaType: 'application/vnd.oci.image.layer.nondistributable.v1.tar',
        digest: digestOf(uniqueBytes()),
        size: 9,
        urls: ['https://example.com/layer'],
      }
      for (const [tag, layers] of [
        ['layers', [config]],
        ['none', []],
        ['data', [{ ...config, data: 'e30=' }]],
        ['outside', [outside]],
      ] as const) {
        const { bytes } = await client.putManifest(repository, tag, { ...base, layers })
        assertContent(await client.ask('GET', `/v2/${repository}/manifests/${tag}`), bytes, manifestType)
      }
    },
  },
  {
    id: 'push/subject-header',
    section: 'Pushing Manifests with Subject',
    async check(client) {
      const repository = client.repository()
      const subject = describe(await client.pushImage(repository, 'v1'))
      const image = await client.pushImage(repository, 'about', { subject })
      assert.equal(image.answer.headers['oci-subject'], subject.digest)
      const index = { schemaVersion: 2, mediaType: indexType, manifests: [], subject }
      const pushed = await client.putManifest(repository, 'index', index, indexType)
      assert.equal(pushed.answer.headers['oci-subject'], subject.digest)
      const plain = await client.pushImage(repository, 'plain')
      assert.equal(plain.answer.headers['oci-subject'], undefined)
    },
  },
  {
    id: 'push/subject-missing',
    section: 'Push',
    async check(client) {
      const repository = client.repository()
      const subject = { mediaType: manifestType, digest: digestOf(uniqueBytes()), size: 123 }
      const { answer, bytes } = await client.pushImage(repository, 'about', { subject })
      assert.equal(answer.headers['oci-subject'], subject.digest)
      assertContent(await client.ask('GET', `/v2/${repository}/manifests/about`), bytes, manifestType)
    },
  },
  {
    id: 'push/if-match',
    section: 'Lading (RFC 9110 section 13.1)',
    async check(client) {
      const repository = client.repository()
      const first = await client.pushImage(repository, 'v1')
      const path = `/v2/${repository}/manifests/v1`
      const body = JSON.stringify(await client.image(repository))
      const put = (headers: Record<string, string>): ReturnType<typeof client.ask> =>
        client.ask('PUT', path, { headers: { 'Content-Type': manifestType, ...headers }, body })
      assert.equal((await put({ 'If-Match': `"${digestOf(uniqueBytes())}"` })).status, 412)
      assert.equal((await put({ 'If-None-Match': '*' })).status, 412)
      assertContent(await client.ask('GET', path), first.bytes, manifestType)
      const moved = await put({ 'If-Match': `"${first.digest}"` })
      assert.equal(moved.status, 201)
      assert.equal(moved.headers.etag, `"${digestOf(Buffer.from(body))}"`)
      assert.equal((await put({ 'If-Match': `"${first.digest}"` })).status, 412)
      assertContent(await client.ask('GET', path), Buffer.from(body), manifestType)
    },
  },
]
