import assert from 'node:assert/strict'
import { join } from 'node:path'
import { it } from 'node:test'
import { type Content, digestOf, makeImage, ociManifest } from '../../../conformance/kit/image.ts'
import { pushBlob, pushImage, pushManifest } from '../kit/push-image.ts'
import { startThreaded } from '../kit/threaded-server.ts'
import { until } from '../kit/until.ts'

const telling = join(import.meta.dirname, '../kit/tell-loaded.ts')

function content(value: unknown, mediaType: string): Content {
  const bytes = Buffer.from(JSON.stringify(value))
  return { bytes, mediaType, digest: digestOf(bytes) }
}

it('what documents are checked by is not loaded by a server that only sees images', async () => {
  await using server = await startThreaded({ threads: 2, nodeFlags: ['--import', telling] })
  const { url, printed } = server.spawned
  for (const name of ['acme/web', 'acme/api']) await pushImage(url, name, '1.0.0', makeImage())
  for (const { ask } of server.connections) {
    const pulled = await ask({ path: '/v2/acme/web/manifests/1.0.0', headers: { Accept: ociManifest } })
    assert.equal(pulled.status, 200)
  }
  assert.doesNotMatch(printed(), /^loaded /m)

  const type = 'application/vnd.lading.persona.v1+json'
  const config = content({ name: 'Ada', kind: 'persona', document: { tone: 'calm' } }, type)
  await pushBlob(url, 'persona/acme/ada', config)
  const { mediaType, digest, bytes } = config
  const descriptor = { mediaType, digest, size: bytes.length }
  const manifest = { schemaVersion: 2, mediaType: ociManifest, config: descriptor, layers: [] }
  await pushManifest(url, 'persona/acme/ada', '1.0.0', content(manifest, ociManifest))
  await until(async () => /^loaded .+\/kinds\/shared\/schema\/checking\.ts$/m.test(printed()))
  await until(async () => /^loaded .+\/node_modules\/typebox\//m.test(printed()))
})
