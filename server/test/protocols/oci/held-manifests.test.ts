import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ask } from '../../kit/http-client.ts'
import { RawConnection } from '../../kit/raw-connection.ts'
import { startTestRegistry } from '../../kit/test-registry.ts'
import { until } from '../../kit/until.ts'

const mediaType = 'application/vnd.oci.image.index.v1+json'
const manifest = JSON.stringify({ schemaVersion: 2, mediaType, manifests: [] })

test('manifests on their way in have a bound together: one more is told to come back', async () => {
  const room = 8 * 1024 * 1024
  await using registry = await startTestRegistry({ limits: { manifestBytes: room, heldBodyBytes: room } })
  const push = async (): ReturnType<typeof ask> =>
    await ask(registry.url, {
      method: 'PUT',
      path: '/v2/acme/app/manifests/v1',
      headers: { 'Content-Type': mediaType },
      body: manifest,
    })
  using slow = await RawConnection.open(registry.url)
  slow.head(
    'PUT /v2/acme/app/manifests/v2 HTTP/1.1',
    'Host: x',
    'Expect: 100-continue',
    `Content-Type: ${mediaType}`,
    `Content-Length: ${room}`,
  )
  // The server has begun to read.
  await slow.until(/^HTTP\/1\.1 100/)
  slow.write(manifest.padEnd(room - 1))
  let refused = await push()
  await until(async () => {
    refused = await push()
    return refused.status !== 201
  })
  assert.deepEqual([refused.status, refused.headers['retry-after']], [429, '1'])
  assert.equal(refused.json().errors[0].code, 'TOOMANYREQUESTS')
  slow.write(' ')
  await slow.until(/HTTP\/1\.1 201/)
  assert.equal((await push()).status, 201)
})
