import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { chmod, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeImage } from '../../../conformance/kit/image.ts'
import { digestOf } from '../../src/domain/digest-of.ts'
import { type Answer, ask } from '../kit/http-client.ts'
import { beginUpload, expectStatus, pushImage } from '../kit/push-image.ts'
import { startOnSmallDisk, whyNoSmallDisk } from '../kit/small-disk.ts'
import { until } from '../kit/until.ts'

const skip = whyNoSmallDisk() ?? false
const mib = 1024 * 1024
const impatient = {
  LADING_LIMITS_PROBE_INTERVAL: '0s',
  LADING_LIMITS_CLEANUP_INTERVAL: '1s',
  LADING_LIMITS_TRASH_DELAY: '1s',
}

/** As OCI has it: one error, with a code and a sentence; and when to come back. */
function assertRefused(answer: Answer, status: number, sentence: RegExp): void {
  assert.equal(answer.status, status, answer.text())
  assert.ok(Number(answer.headers['retry-after']) > 0, 'nobody is told when to come back')
  const { errors } = answer.json()
  assert.deepEqual([errors.length, errors[0].code], [1, 'UNAVAILABLE'])
  assert.match(errors[0].message, sentence)
}

test('a disk that is full refuses pushes, serves pulls, lets deletions free space, and takes pushes again without a restart', {
  skip,
}, async () => {
  await using disk = await startOnSmallDisk(48 * mib, {
    ...impatient,
    LADING_LIMITS_MIN_FREE_BYTES: '0',
    LADING_LIMITS_RESERVE_BYTES: '4MiB',
  })
  const { url } = disk.server
  const image = makeImage([100, 8 * mib])
  await pushImage(url, 'acme/app', 'v1', image)
  const reserve = (): Promise<number> =>
    stat(join(disk.data, 'reserve')).then(
      ({ size }) => size,
      () => 0,
    )
  await until(async () => (await reserve()) === 4 * mib)
  assert.equal((await ask(url, { path: '/readyz' })).status, 200)

  // Room for some of the next blob, and not for all of it.
  await disk.fill(3 * mib)
  const large = randomBytes(6 * mib)
  const path = async (): Promise<string> => `${await beginUpload(url, 'acme/app')}?digest=${digestOf(large)}`
  async function* unannounced(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < large.length; at += 65_536) yield large.subarray(at, at + 65_536)
  }
  const refusal = await heard(async () =>
    ask(url, { method: 'PUT', path: await path(), body: unannounced() }),
  )
  assertRefused(refusal, 507, /no space left.*lading gc/)
  const files = async (): Promise<number> =>
    (await readdir(join(disk.data, 'blobs'), { recursive: true })).filter((name) => name.length > 30).length
  await until(async () => (await files()) === 1)
  assert.ok((await disk.freeBytes()) > 2 * mib, 'the bytes of the push that failed are still there')

  // To the last byte.
  await disk.fill()
  const small = randomBytes(1000)
  const push = (): Promise<Answer> =>
    ask(url, {
      method: 'POST',
      path: `/v2/acme/app/blobs/uploads/?digest=${digestOf(small)}`,
      body: small,
    })
  // What a thread measured a moment ago still holds for a moment.
  let refused = await push()
  await until(async () => {
    if (refused.status === 201) refused = await push()
    return refused.status !== 201
  })
  assertRefused(refused, 507, /no space left/)
  const pulled = await expectStatus(200, url, { path: `/v2/acme/app/blobs/${image.layers[1]?.digest}` })
  assert.deepEqual(pulled.body, image.layers[1]?.bytes)
  // Its blobs are to meet the last byte too. Where some other write has used up the reserve meanwhile, it is made anew first:
  // deletions live on it.
  let ready = await ask(url, { path: '/readyz' })
  await until(async () => {
    if ((await reserve()) !== 4 * mib) {
      await disk.clear()
      return false
    }
    await disk.fill()
    ready = await ask(url, { path: '/readyz' })
    return ready.json().parts.blobs !== 'ok' && (await reserve()) === 4 * mib
  })
  assert.equal(ready.status, 503)
  assert.ok(Number(ready.headers['retry-after']) > 0)
  assert.match(ready.json().parts.space, /pushes are refused; pulls and deletions go on/)
  assert.match(ready.json().parts.blobs, /no space left/)
  assert.equal((await ask(url, { path: '/healthz' })).status, 200)

  await expectStatus(202, url, { method: 'DELETE', path: `/v2/acme/app/manifests/${image.manifest.digest}` })
  for (const { digest } of [image.config, ...image.layers]) {
    await expectStatus(202, url, { method: 'DELETE', path: `/v2/acme/app/blobs/${digest}` })
  }
  await until(async () => (await files()) === 0)
  await until(async () => (await reserve()) === 4 * mib)
  await until(async () => (await push()).status === 201)
  assert.equal((await ask(url, { path: '/readyz' })).status, 200)
  assert.deepEqual(
    (await expectStatus(200, url, { path: `/v2/acme/app/blobs/${digestOf(small)}` })).body,
    small,
  )
  await disk.clear()
  await pushImage(url, 'acme/app', 'v2', image)
  await disk.server.end('SIGTERM')
})

test('pushes are refused before the disk is full, by their announced length or once they have come so far', {
  skip,
}, async () => {
  await using disk = await startOnSmallDisk(48 * mib, {
    ...impatient,
    LADING_LIMITS_MIN_FREE_BYTES: '16MiB',
    LADING_LIMITS_RESERVE_BYTES: '1MiB',
  })
  const { url } = disk.server
  const large = Buffer.alloc(40 * mib, 'large')
  const announced = await ask(url, {
    method: 'POST',
    path: `/v2/acme/app/blobs/uploads/?digest=${digestOf(large)}`,
    headers: { Expect: '100-continue', 'Content-Length': large.length },
  })
  assertRefused(announced, 507, /no space left/)
  await disk.fill(17 * mib)
  const path = async (): Promise<string> => `${await beginUpload(url, 'acme/app')}?digest=${digestOf(large)}`
  /** Others fill the disk meanwhile. */
  async function* body(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < large.length; at += mib) {
      yield large.subarray(at, at + mib)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
  assertRefused(
    await heard(async () => ask(url, { method: 'PUT', path: await path(), body: body() })),
    507,
    /no space left/,
  )
  assert.match((await ask(url, { path: '/readyz' })).text(), /"space"/)
  await until(async () => (await disk.freeBytes()) > 15 * mib)
  await disk.clear()
  await until(async () => (await ask(url, { path: '/readyz' })).status === 200)
  // Each thread looks for itself, once a second.
  const image = makeImage()
  await until(() =>
    pushImage(url, 'acme/app', 'v1', image).then(
      () => true,
      () => false,
    ),
  )
})

test('a folder that may not be written any more refuses pushes with when to come back, and takes them once it may', {
  skip,
}, async () => {
  await using disk = await startOnSmallDisk(48 * mib, { ...impatient, LADING_LIMITS_MIN_FREE_BYTES: '0' })
  const { url } = disk.server
  const image = makeImage()
  await pushImage(url, 'acme/app', 'v1', image)
  const shards = (await readdir(join(disk.data, 'blobs'))).map((name) => join(disk.data, 'blobs', name))
  for (const shard of shards) await chmod(shard, 0o500)
  const large = randomBytes(100_000)
  const push = (): Promise<Answer> =>
    ask(url, {
      method: 'POST',
      path: `/v2/acme/app/blobs/uploads/?digest=${digestOf(large)}`,
      body: large,
    })
  assertRefused(await push(), 503, /has lost the right to its files/)
  const ready = await ask(url, { path: '/readyz' })
  assert.deepEqual([ready.status, ready.json().parts.store], [503, 'ok'])
  assert.match(ready.json().parts.blobs, /may not write: give the data folder back/)
  assert.ok(!ready.text().includes(disk.data.slice(-20)), 'a path of the machine is told to everybody')
  await expectStatus(200, url, { path: '/v2/acme/app/manifests/v1' })
  for (const shard of shards) await chmod(shard, 0o700)
  assert.equal((await push()).status, 201)
  assert.equal((await ask(url, { path: '/readyz' })).status, 200)
})

/** A client that goes on sending long after it was answered may find the connection closed before it has read the answer. */
async function heard(send: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 1; ; tries++) {
    try {
      return await send()
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (tries === 5 || (code !== 'EPIPE' && code !== 'ECONNRESET')) throw error
    }
  }
}
