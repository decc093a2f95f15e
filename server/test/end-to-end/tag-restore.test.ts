import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { run } from '../../src/cli/run.ts'
import { TestWorld } from '../cli/test-world.ts'
import { expectStatus } from '../kit/push-image.ts'
import { startTestRegistry } from '../kit/test-registry.ts'

const type = 'application/vnd.oci.image.index.v1+json'
const manifest = (note: string): Buffer =>
  Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: type, manifests: [], annotations: { note } }))

test('a tag goes back to a manifest by the very digest it was known by, whatever its algorithm', async () => {
  await using registry = await startTestRegistry()
  const older = manifest('older')
  const digest = `sha512:${createHash('sha512').update(older).digest('hex')}`
  const headers = { 'Content-Type': type }
  const put = (path: string, body: Buffer) =>
    expectStatus(201, registry.url, { method: 'PUT', path: `/v2/acme/app/manifests/${path}`, headers, body })
  await put(`${digest}?tag=v1`, older)
  await put('v1', manifest('newer'))
  const ref = `${new URL(registry.url).host}/acme/app:v1`
  const world = new TestWorld()
  assert.equal(await run(['tag', 'restore', ref, '--to', digest], world), 0, world.complained.join('\n'))
  const now = await expectStatus(200, registry.url, { path: '/v2/acme/app/manifests/v1' })
  assert.equal(now.headers['docker-content-digest'], digest)
  assert.deepEqual(now.body, older)
})
