import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { digestOf, makeImage, ociManifest } from '../../../conformance/kit/image.ts'
import { assertServes, readBlob, readReferrers } from '../../../conformance/kit/registry-reader.ts'
import { openFolderBlobs } from '../../src/adapters/blobs/folder/open-folder-blobs.ts'
import { systemClock } from '../../src/adapters/clock/system/system-clock.ts'
import { jobs } from '../../src/adapters/journal/store/tables.ts'
import { cryptoRandom } from '../../src/adapters/random/crypto/crypto-random.ts'
import { openSqliteStore } from '../../src/adapters/store/sqlite/sqlite-store.ts'
import { schema } from '../../src/boot/schema.ts'
import { deleteReferrersJob } from '../../src/core/publish/delete-manifest.ts'
import type { Store } from '../../src/ports/store/store.ts'
import { allRows, checkInvariants } from '../core/invariants.ts'
import { machineEnvironment } from '../kit/machine-environment.ts'
import {
  beginUpload,
  expectStatus,
  finishUpload,
  pushBlob,
  pushChunk,
  pushImage,
  pushManifest,
} from '../kit/push-image.ts'
import { type SpawnedServer, spawnServer } from '../kit/spawned-server.ts'

const launcher = join(import.meta.dirname, '../../bin/lading.js')
const mebibyte = 1024 * 1024
let root = ''
let data = ''

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'lading-restart-'))
  data = join(root, 'data')
  await mkdir(join(root, 'tmp'))
})

afterEach(() => rm(root, { recursive: true, force: true }))

/** On the Node that needs no second process: a signal meets the server itself. */
function serve(): Promise<SpawnedServer> {
  const args = [launcher, 'serve', '--listen', '127.0.0.1:0', '--data', data]
  return spawnServer(process.execPath, args, { cwd: root, env: machineEnvironment(join(root, 'tmp')) })
}

/** While no server runs. */
async function lookInside<T>(look: (store: Store) => Promise<T>): Promise<T> {
  const store = await openSqliteStore({ folder: data, now: () => systemClock.now() }, schema)
  try {
    return await look(store)
  } finally {
    await store.close()
  }
}

function assertSound(): Promise<void> {
  return lookInside(async (store) => {
    const folder = join(data, 'blobs')
    const blobs = await openFolderBlobs({ folder, clock: systemClock, random: cryptoRandom })
    await checkInvariants({ store, blobs })
    await blobs.close()
  })
}

test('an upload goes on after a kill from what was acknowledged, and all that was pushed before is there', async () => {
  const image = makeImage([100, 3 * mebibyte])
  const bytes = randomBytes(8 * mebibyte + 12_345)
  const acknowledged = 5 * mebibyte
  let location = ''
  {
    using server = await serve()
    await pushImage(server.url, 'acme/app', 'v1', image)
    location = await beginUpload(server.url, 'acme/app')
    for (let at = 0; at < acknowledged; at += mebibyte) {
      location = await pushChunk(server.url, location, bytes.subarray(at, at + mebibyte), at)
    }
    await sendHalf(server.url + location, bytes.subarray(acknowledged, acknowledged + mebibyte), acknowledged)
    assert.equal((await server.end('SIGKILL')).signal, 'SIGKILL')
  }
  using server = await serve()
  await assertServes(server.url, 'acme/app', 'v1', image)
  const status = await expectStatus(204, server.url, { path: location })
  const kept = Number(/^0-(\d+)$/.exec(String(status.headers['range']))?.[1]) + 1
  assert.ok(kept >= acknowledged && kept <= acknowledged + mebibyte / 2, `it stands at ${kept}`)
  const next = await pushChunk(
    server.url,
    status.headers.location ?? '',
    bytes.subarray(kept, 7 * mebibyte),
    kept,
  )
  await finishUpload(server.url, next, bytes.subarray(7 * mebibyte), digestOf(bytes))
  assert.ok((await readBlob(server.url, 'acme/app', digestOf(bytes))).equals(bytes))
  await server.end('SIGTERM')
  await assertSound()
})

/** Announces a chunk and breaks off in its middle; resolves once that half has left this process. */
async function sendHalf(url: string, chunk: Uint8Array, offset: number): Promise<void> {
  const headers = {
    'Content-Length': chunk.length,
    'Content-Range': `${offset}-${offset + chunk.length - 1}`,
  }
  const sent = request(url, { method: 'PATCH', headers, agent: false })
  sent.on('error', () => undefined)
  await new Promise((resolve) => sent.write(chunk.subarray(0, chunk.length / 2), resolve))
}

test('jobs that a kill interrupts go on after it', async () => {
  const referrers = 60
  const image = makeImage([100])
  const subject = { ...described(image.manifest), digest: image.manifest.digest }
  {
    using server = await serve()
    await pushImage(server.url, 'acme/app', 'v1', image)
    const empty = Buffer.from('{}')
    await pushBlob(server.url, 'acme/app', { bytes: empty, digest: digestOf(empty) })
    const config = {
      mediaType: 'application/vnd.oci.empty.v1+json',
      digest: digestOf(empty),
      size: 2,
    }
    const speaking = Array.from({ length: referrers }, (_, at) => {
      const manifest = { schemaVersion: 2, mediaType: ociManifest, config, layers: [], subject }
      const bytes = Buffer.from(JSON.stringify({ ...manifest, annotations: { at: String(at) } }))
      return { mediaType: ociManifest, digest: digestOf(bytes), bytes }
    })
    await Promise.all(speaking.map((each) => pushManifest(server.url, 'acme/app', each.digest, each)))
    assert.equal((await readReferrers(server.url, 'acme/app', subject.digest)).manifests?.length, referrers)
    const path = `/v2/acme/app/manifests/${subject.digest}`
    await expectStatus(202, server.url, { method: 'DELETE', path })
    await server.end('SIGKILL')
  }
  const left = await lookInside((store) => allRows(store, jobs))
  // Itself, and those of referrers that it had deleted already.
  assert.ok(
    left.some(({ kind }) => kind === deleteReferrersJob),
    'the job was quicker than the kill',
  )
  using server = await serve()
  await untilNoReferrers(server.url, subject.digest)
  await server.end('SIGTERM')
  await assertSound()
})

function described({ mediaType, bytes }: { mediaType: string; bytes: Buffer }): {
  mediaType: string
  size: number
} {
  return { mediaType, size: bytes.length }
}

/** Another process tells nobody that its job has ended: it has to be asked. */
async function untilNoReferrers(url: string, digest: string): Promise<void> {
  const deadline = performance.now() + 20_000
  for (;;) {
    const { manifests = [] } = await readReferrers(url, 'acme/app', digest)
    if (manifests.length === 0) return
    assert.ok(performance.now() < deadline, `${manifests.length} referrers were left`)
    await setTimeout(20)
  }
}
