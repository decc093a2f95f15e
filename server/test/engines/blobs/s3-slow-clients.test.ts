import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { ask } from '../../kit/http-client.ts'
import { s3ServerTool, startS3Server } from '../../kit/servers/s3-server.ts'
import { ladingProcess } from '../../kit/servers/topology-process.ts'
import { until } from '../../kit/until.ts'

const slowClients = 40
/** More than the system keeps of an answer that nobody reads. */
const content = Buffer.alloc(24 * 1024 ** 2, 'slow')
const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`

test('more clients than connections to S3 that read nothing hold up no other pull', {
  skip: s3ServerTool.skip,
  timeout: 120_000,
}, async () => {
  await using stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'lading-slow-clients-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const s3 = stack.use(await startS3Server())
  const settings = {
    LADING_THREADS: '1',
    LADING_BLOBS_ENDPOINT: s3.endpoint,
    LADING_BLOBS_BUCKET: await s3.bucket(),
    LADING_BLOBS_PATH_STYLE: 'true',
    LADING_BLOBS_ACCESS_KEY_ID: s3.credentials.accessKeyId,
    LADING_BLOBS_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
    // Of four connections.
    LADING_LIMITS_DOWNLOAD_BUFFER_BYTES: '512 KiB',
  }
  const lading = stack.use(await ladingProcess(folder, { aheadMs: 0, loaded: [], settings }))
  await lading.start()
  const post = await ask(lading.url, { method: 'POST', path: '/v2/acme/app/blobs/uploads/' })
  const { pathname, search } = new URL(String(post.headers.location), lading.url)
  const path = `${pathname}${search}${search === '' ? '?' : '&'}digest=${digest}`
  assert.equal((await ask(lading.url, { method: 'PUT', path, body: content })).status, 201)

  let begun = 0
  const sockets: Socket[] = []
  stack.defer(() => {
    for (const socket of sockets) socket.destroy()
  })
  for (let n = 0; n < slowClients; n++) {
    const socket = connect(Number(new URL(lading.url).port), '127.0.0.1')
    sockets.push(socket)
    socket.on('error', () => undefined)
    // The head of the answer is here, and nothing more is read.
    socket.once('readable', () => begun++)
    socket.write(`GET /v2/acme/app/blobs/${digest} HTTP/1.1\r\nHost: x\r\n\r\n`)
  }
  await until(async () => begun === slowClients)
  for (let n = 0; n < 3; n++) {
    const since = performance.now()
    const answer = await ask(lading.url, { path: `/v2/acme/app/blobs/${digest}` })
    assert.equal(answer.status, 200)
    assert.ok(answer.body.equals(content))
    assert.ok(performance.now() - since < 10_000)
  }
  assert.ok(sockets.every((socket) => !socket.destroyed))
})
