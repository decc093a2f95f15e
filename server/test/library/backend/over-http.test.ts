import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeImage } from '../../../../conformance/kit/image.ts'
import { digestOf } from '../../../src/domain/digest-of.ts'
import type { Namespace } from '../../../src/domain/repository-name.ts'
import { repositoryOfKind } from '../../../src/kinds/repository-of-kind.ts'
import { done, made, named, refused } from '../../../src/library/backend-suite/harness.ts'
import type { Artifact } from '../../../src/library/backend-types.ts'
import { SQLiteBackend } from '../../../src/library/sqlite-backend.ts'
import { ask } from '../../kit/http-client.ts'
import { pushImage } from '../../kit/push-image.ts'
import { startTestRegistry, type TestRegistry } from '../../kit/test-registry.ts'

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'lading-http-'))
  try {
    await work(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

const served = (folder: string): Promise<TestRegistry> => startTestRegistry({ engines: 'disk', folder })

async function connected(folder: string): Promise<SQLiteBackend & AsyncDisposable> {
  const backend = new SQLiteBackend({ filename: join(folder, 'lading.db') })
  done(await backend.connect())
  return Object.assign(backend, {
    [Symbol.asyncDispose]: async () => void done(await backend.disconnect()),
  })
}

/** What a client gets that pulls a version, each part held against its digest. */
async function pulled(
  url: string,
  path: string,
  reference: string,
): Promise<{ manifest: Buffer; config: Buffer; layers: readonly Buffer[] }> {
  const get = async (what: string, digest?: string): Promise<Buffer> => {
    const { status, body, headers } = await ask(url, { path: `/v2/${path}/${what}` })
    assert.equal(status, 200, `${what}: ${body}`)
    assert.equal(digestOf(body), digest ?? headers['docker-content-digest'])
    return body
  }
  const manifest = await get(`manifests/${reference}`)
  const { config, layers } = JSON.parse(manifest.toString()) as {
    config: { digest: string }
    layers: readonly { digest: string }[]
  }
  return {
    manifest,
    config: await get(`blobs/${config.digest}`, config.digest),
    layers: await Promise.all(layers.map(({ digest }) => get(`blobs/${digest}`, digest))),
  }
}

test('what the library has made is pulled, byte for byte, from a server on the same data', async () => {
  await inFolder(async (folder) => {
    const large = 'ä line\n'.repeat(100_000)
    const artifacts: Artifact[] = []
    {
      await using backend = await connected(folder)
      const metadata = { version: '1.0.0', organization: 'acme', tags: ['a'], custom: { b: [1] } }
      artifacts.push(await made(backend, named('Small', { metadata, published: true })))
      artifacts.push(await made(backend, named('Large', { metadata, source: large, type: 'file' })))
      const transaction = done(await backend.beginTransaction())
      artifacts.push(await made(transaction, named('In one', { metadata, source: `${large}!` })))
      done(await transaction.commit())
      const [first] = artifacts
      done(
        await backend.createVersion(first?.id ?? '', { version: '1.1.0', source: 'more', published: true }),
      )
      done(await backend.delete((await made(backend, named('Gone', { metadata }))).id))
    }
    await using server = await served(folder)
    for (const { type, metadata, source } of artifacts) {
      const path = repositoryOfKind(type, 'acme' as Namespace, metadata.slug)
      const { manifest, config, layers } = await pulled(server.url, path, '1.0.0')
      assert.equal(JSON.parse(manifest.toString()).artifactType, `application/vnd.lading.${type}.v1+json`)
      const said = JSON.parse(config.toString()) as Record<string, unknown>
      assert.deepEqual(
        [said['name'], said['version'], said['topics'], said['custom']],
        [metadata.name, '1.0.0', ['a'], { b: [1] }],
      )
      assert.deepEqual(layers.map(String), [source])
    }
    const latest = await pulled(server.url, 'skill/acme/small', 'latest')
    assert.deepEqual(latest.layers.map(String), ['more'])
    assert.equal((await ask(server.url, { path: '/v2/skill/acme/gone/manifests/1.0.0' })).status, 404)
  })
})

test('what was pushed over HTTP is read, found and purged through the library', async () => {
  await inFolder(async (folder) => {
    const image = makeImage()
    {
      await using server = await served(folder)
      await pushImage(server.url, 'acme/app', '1.2.0', image)
      await pushImage(server.url, 'acme/app', 'nightly', makeImage())
    }
    {
      await using backend = await connected(folder)
      const { items } = done(await backend.find({ filter: { type: 'image' } }))
      assert.equal(items.length, 1)
      const [found] = items as [Artifact]
      assert.deepEqual(done(await backend.read(found.id)), found)
      const { slug, version } = found.metadata
      assert.deepEqual([slug, version, found.published], ['app', '1.2.0', true])
      assert.equal(found.source, image.manifest.bytes.toString(), 'the manifest, since an image is no text')
      const versions = done(await backend.listVersions(found.id))
      assert.deepEqual(
        versions.map((one) => [one.version, one.source, one.published]),
        [['1.2.0', found.source, true]],
      )
      refused(await backend.update(found.id, { source: 'other' }), 'CONFLICT')
      done(await backend.delete(found.id))
    }
    {
      await using server = await served(folder)
      assert.equal((await ask(server.url, { path: '/v2/acme/app/manifests/1.2.0' })).status, 404)
    }
  })
})

test('of a version that a server has and the library changes, both see the same', async () => {
  await inFolder(async (folder) => {
    let id: string
    {
      await using backend = await connected(folder)
      id = (await made(backend, named('Ada', { source: 'one' }))).id
    }
    {
      await using server = await served(folder)
      assert.deepEqual((await pulled(server.url, 'skill/library/ada', '0.1.0')).layers.map(String), ['one'])
    }
    {
      await using backend = await connected(folder)
      done(await backend.update(id, { source: 'two' }))
      done(await backend.createVersion(id, { version: '0.2.0+build.1', source: 'three' }))
    }
    await using server = await served(folder)
    assert.deepEqual((await pulled(server.url, 'skill/library/ada', '0.1.0')).layers.map(String), ['two'])
    const tags = (await ask(server.url, { path: '/v2/skill/library/ada/tags/list' })).json() as {
      tags: string[]
    }
    assert.equal(tags.tags.length, 2)
  })
})
