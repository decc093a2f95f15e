import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pulls } from '../../../src/core/catalog/tables.ts'
import { digestOf } from '../../../src/domain/digest-of.ts'
import { allRows } from '../../core/invariants.ts'
import { ask } from '../../kit/http-client.ts'
import { pushBlob, pushManifest } from '../../kit/push-image.ts'
import { startTestRegistry } from '../../kit/test-registry.ts'

test('a GET of a manifest is a pull; a HEAD, a look at the page and a list of referrers are none', async () => {
  await using registry = await startTestRegistry({ engines: 'disk' })
  const { url } = registry
  const mediaType = 'application/vnd.oci.image.manifest.v1+json'
  const config = Buffer.from('{}')
  await pushBlob(url, 'acme/app', { bytes: config, digest: digestOf(config) })
  const described = {
    mediaType: 'application/vnd.oci.image.config.v1+json',
    digest: digestOf(config),
    size: config.length,
  }
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, config: described, layers: [] }))
  const digest = digestOf(bytes)
  const signature = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType,
      config: described,
      layers: [],
      subject: { mediaType, digest, size: bytes.length },
    }),
  )
  await pushManifest(url, 'acme/app', 'v1', { bytes, mediaType, digest, size: bytes.length } as never)
  await pushManifest(url, 'acme/app', digestOf(signature), {
    bytes: signature,
    mediaType,
    digest: digestOf(signature),
    size: signature.length,
  } as never)
  const path = '/v2/acme/app/manifests/v1'
  for (const [method, at] of [
    ['HEAD', path],
    ['HEAD', `${path}?at=2026-01-01T00:00:00Z`],
    ['GET', '/acme/app'],
    ['GET', `/v2/acme/app/referrers/${digest}`],
    ['GET', '/v2/acme/app/manifests/v2'],
  ] as const) {
    await ask(url, { method, path: at })
  }
  await registry.composed.pulls.flush()
  assert.deepEqual(await allRows(registry.composed.core.store, pulls), [])
  for (const at of [path, `/v2/acme/app/manifests/${digest}`, `${path}?at=2026-01-01T00:00:00Z`]) {
    assert.equal((await ask(url, { path: at })).status, 200)
  }
  const restarted = await registry.restart()
  try {
    const rows = await allRows(restarted.composed.core.store, pulls)
    assert.deepEqual(
      rows.map((row) => [row.digest, row.pulls]),
      [[digest, 3]],
    )
  } finally {
    await restarted.close()
  }
})
