import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { digestOf } from '../../../src/domain/digest-of.ts'
import type { Quota } from '../../../src/domain/quota.ts'
import { checkInvariants } from '../../core/invariants.ts'
import { ask } from '../../kit/http-client.ts'
import { beginUpload, pushBlob } from '../../kit/push-image.ts'
import { startTestRegistry, type TestRegistry } from '../../kit/test-registry.ts'

const start = (engines: 'memory' | 'disk', quota: Quota): Promise<TestRegistry> =>
  startTestRegistry({ engines, namespaces: { acme: { immutableTags: [], quota, retention: { tags: [] } } } })

const image = (config: Buffer): string =>
  JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: {
      mediaType: 'application/vnd.oci.image.config.v1+json',
      digest: digestOf(config),
      size: config.length,
    },
    layers: [],
  })

for (const engines of ['memory', 'disk'] as const) {
  describe(`a quota over HTTP, on ${engines}`, () => {
    test('refuses a body by its length, 403 DENIED, before a byte of it is read', async () => {
      await using registry = await start(engines, { bytes: 100_000 })
      const location = await beginUpload(registry.url, 'acme/app')
      let asked = 0
      async function* body(): AsyncGenerator<Uint8Array> {
        for (; asked < 200; asked++) yield Buffer.alloc(1000)
      }
      const path = `${location}${location.includes('?') ? '&' : '?'}digest=${digestOf(Buffer.alloc(200_000))}`
      // The body is held back until the answer is there: an answer at all means that nobody waited for it.
      const answer = await ask(registry.url, {
        method: 'PUT',
        path,
        headers: { 'Content-Length': 200_000, Expect: '100-continue' },
        body: heldBack(body),
      })
      assert.equal(answer.status, 403)
      const [error] = answer.json().errors
      assert.equal(error.code, 'DENIED')
      assert.match(error.message, /acme/)
      assert.equal(asked, 0)
      await pushBlob(registry.url, 'acme/app', content(100_000))
      const full = await ask(registry.url, { method: 'POST', path: '/v2/acme/app/blobs/uploads/' })
      assert.deepEqual([full.status, full.json().errors[0].code], [403, 'DENIED'])
      await pushBlob(registry.url, 'free/app', content(200_000))
      await checkInvariants(registry.composed.core)
    })

    test('takes a digest that is held for no way around it', async () => {
      await using registry = await start(engines, { bytes: 100_000 })
      const held = content(1000)
      await pushBlob(registry.url, 'acme/app', held)
      let asked = 0
      async function* body(): AsyncGenerator<Uint8Array> {
        for (; asked < 200; asked++) yield Buffer.alloc(1000)
      }
      const path = `/v2/acme/app/blobs/uploads/?digest=${held.digest}`
      const headers = { 'Content-Length': 200_000, Expect: '100-continue' }
      const answer = await ask(registry.url, { method: 'POST', path, headers, body: heldBack(body) })
      assert.deepEqual([answer.status, answer.json().errors[0].code, asked], [400, 'DIGEST_INVALID', 0])
      await pushBlob(registry.url, 'acme/app', held)
      await checkInvariants(registry.composed.core)
    })

    test('lets exactly as many of many manifests in as there is room for', async () => {
      await using registry = await start(engines, { manifests: 3 })
      const configs = Array.from({ length: 9 }, (_, n) => Buffer.from(`{"n":${n}}`))
      for (const config of configs) {
        await pushBlob(registry.url, 'acme/app', { bytes: config, digest: digestOf(config) })
      }
      const answers = await Promise.all(
        configs.map((config, n) =>
          ask(registry.url, {
            method: 'PUT',
            path: `/v2/acme/app/manifests/v${n}`,
            headers: { 'Content-Type': 'application/vnd.oci.image.manifest.v1+json' },
            body: image(config),
          }),
        ),
      )
      const statuses = answers.map(({ status }) => status).sort()
      assert.deepEqual(statuses, [201, 201, 201, 403, 403, 403, 403, 403, 403])
      const refusal = answers.find(({ status }) => status === 403)
      assert.equal(refusal?.json().errors[0].code, 'DENIED')
      const kept = answers.findIndex(({ status }) => status === 201)
      const path = `/v2/acme/app/manifests/${answers[kept]?.headers['docker-content-digest']}`
      assert.equal((await ask(registry.url, { method: 'DELETE', path })).status, 202)
      const again = await ask(registry.url, {
        method: 'PUT',
        path: '/v2/acme/app/manifests/again',
        headers: { 'Content-Type': 'application/vnd.oci.image.manifest.v1+json' },
        body: image(configs[answers.findIndex(({ status }) => status === 403)] as Buffer),
      })
      assert.equal(again.status, 201)
      await checkInvariants(registry.composed.core)
    })
  })
}

function content(length: number): { bytes: Buffer; digest: ReturnType<typeof digestOf> } {
  const bytes = Buffer.alloc(length)
  return { bytes, digest: digestOf(bytes) }
}

/** Nothing of it is sent before somebody has answered. */
async function* heldBack(body: () => AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  await new Promise(() => {})
  yield* body()
}
