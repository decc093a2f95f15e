import assert from 'node:assert/strict'
import { rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { after, before, test } from 'node:test'
import { openS3Blobs } from '../../../src/adapters/blobs/s3/open-s3-blobs.ts'
import { seededRandom } from '../../../src/adapters/random/seeded/seeded-random.ts'
import type { Blobs, FileName } from '../../../src/ports/blobs/blobs.ts'
import { BlobsError } from '../../../src/ports/blobs/errors.ts'
import {
  assertBytes,
  assertRefused,
  bodyOf,
  bytesOf,
  calm,
  collect,
  digestOf,
  read,
} from '../../../src/ports/blobs/suite/content.ts'
import { type S3Server, s3ServerTool, startS3Server } from '../../kit/servers/s3-server.ts'
import { callOf, type Fault, pass, type S3Front, startFront } from './s3-front.ts'
import { optionsOn, partBytes } from './s3-harness.ts'

const rounds = Number(process.env['LADING_FAULT_ROUNDS'] ?? 5)
const seed = Number(process.env['LADING_FAULT_SEED'] ?? Date.now() % 2 ** 31)
const { skip } = s3ServerTool
/** Tries of one call, until it is said not to recover. */
const patience = 200
let server: S3Server

before(async () => {
  if (skip === false) server = await startS3Server()
})
after(async () => await server?.[Symbol.asyncDispose]())

const openOn = (front: S3Front, bucket: string): Promise<Blobs> =>
  openS3Blobs(
    optionsOn(server, bucket, {
      endpoint: front.endpoint,
      partBytes,
      waits: { connectMs: 500, requestMs: 400, attempts: 3 },
    }),
  )

/** Again until it is done. Whatever is not `transient` is a failure of the test. */
async function persist<T>(call: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await call()
    } catch (error) {
      if (!(error instanceof BlobsError) || error.kind !== 'transient' || tries > patience) throw error
    }
  }
}

/** As a client does: what is acknowledged it does not send again. */
async function push(
  engines: readonly Blobs[],
  file: FileName,
  content: Uint8Array,
  below: (n: number) => number,
): Promise<void> {
  const any = (): Blobs => engines[below(engines.length)] as Blobs
  let acknowledged = 0
  for (let at = 0; at < content.length; ) {
    const piece = content.subarray(at, at + 1 + below(2 * partBytes))
    const blobs = any()
    try {
      at = (await blobs.append(file, at, bodyOf(piece, 200_000), calm)).length
      acknowledged = at
    } catch (error) {
      assert.ok(error instanceof BlobsError && ['transient', 'offset'].includes(error.kind), String(error))
      at = await persist(() => any().length(file))
      assert.ok(at >= acknowledged, `${acknowledged} bytes were acknowledged, and ${at} are there`)
    }
  }
  const wrong = digestOf(bytesOf(3, 3))
  // Before: a wrong digest is never accepted, whatever fails.
  await assertRefused(
    persist(() => any().seal(file, wrong, calm)),
    'digest',
  )
  assert.deepEqual(await persist(() => any().seal(file, digestOf(content), calm)), { length: content.length })
}

test(`nothing acknowledged is lost and nothing wrong is sealed in ${rounds} rounds of faults`, {
  skip,
}, async (t) => {
  t.diagnostic(`LADING_FAULT_SEED=${seed} repeats these rounds`)
  for (let round = 0; round < rounds; round += 1) {
    const random = seededRandom(seed + round)
    const below = (n: number): number => random.int(n)
    const bucket = await server.bucket()
    await using front = await startFront(server)
    const engines = [await openOn(front, bucket), await openOn(front, bucket)]
    const faults: Fault[] = [
      { do: 'fail', status: 500, code: 'InternalError' },
      { do: 'fail', status: 503, code: 'SlowDown' },
      { do: 'lose' },
      { do: 'lose' },
    ]
    front.fault = () => {
      if (below(300) === 0) return { do: below(2) === 0 ? 'hang' : 'late' }
      return below(6) === 0 ? (faults[below(faults.length)] ?? pass) : pass
    }
    const contents = [1000, partBytes - 5, 3 * partBytes + 4321].map((length, n) =>
      bytesOf(length, round + n + 1),
    )
    const files = await Promise.all(
      contents.map(async (content) => {
        const file = engines[0]?.name() as FileName
        await push(engines, file, content, below)
        return file
      }),
    )
    front.fault = (seen) =>
      callOf(seen) === 'get' && below(2) === 0 ? { do: 'cut', after: below(partBytes) } : pass
    for (const [n, file] of files.entries())
      for (const blobs of engines)
        assertBytes(await read(blobs, file), contents[n] as Uint8Array, 'through faults')
    front.fault = () => pass
    const fresh = await openOn(front, bucket)
    for (const [n, file] of files.entries()) {
      const content = contents[n] as Uint8Array
      assertBytes(await read(fresh, file), content, 'the file')
      assert.deepEqual(await fresh.seal(file, digestOf(content, 'sha512'), calm), { length: content.length })
    }
    const listed = []
    for await (const each of fresh.list()) listed.push(each)
    const expected = files.map((file, n) => ({ file, length: (contents[n] as Uint8Array).length }))
    assert.deepEqual(
      listed,
      expected.sort((a, b) => (a.file < b.file ? -1 : 1)),
    )
    assert.ok(fresh.tidy)
    for (const _ of [1, 2]) {
      const gone = []
      for await (const name of fresh.tidy(Date.now() + 60_000, calm)) gone.push(name)
      if (_ === 2) assert.deepEqual(gone, [])
    }
    for (const each of [...engines, fresh]) await each.close()
  }
})

async function sealed(blobs: Blobs, content: Uint8Array): Promise<FileName> {
  const file = blobs.name()
  await blobs.append(file, 0, bodyOf(content, 500_000), calm)
  await blobs.seal(file, digestOf(content), calm)
  return file
}

test('a body that breaks again and again is continued where it broke, of the same object', {
  skip,
}, async () => {
  await using front = await startFront(server)
  const blobs = await openOn(front, await server.bucket())
  const content = bytesOf(3 * partBytes)
  const file = await sealed(blobs, content)
  front.seen.length = 0
  front.fault = () => ({ do: 'cut', after: 2_000_000 })
  assertBytes(await read(blobs, file), content, 'the file')
  const [first, ...again] = front.seen
  assert.equal(first?.headers.range, undefined)
  assert.ok(again.length >= 7, `${again.length} times`)
  for (const { headers } of again) {
    assert.match(String(headers.range), new RegExp(`^bytes=\\d+-${content.length - 1}$`))
    assert.ok(headers['if-match'])
  }
  await blobs.close()
})

test('a body that brings nothing is given up after as many tries as are told, and never cut short', {
  skip,
}, async () => {
  await using front = await startFront(server)
  const blobs = await openOn(front, await server.bucket())
  const content = bytesOf(300_000)
  const file = await sealed(blobs, content)
  front.seen.length = 0
  let bytes = 0
  front.fault = () => ({ do: 'cut', after: 0 })
  const opened = await blobs.open(file, undefined, calm)
  assert.ok(opened)
  const reading = (async () => {
    for await (const chunk of opened.bytes) bytes += chunk.length
  })()
  await assertRefused(reading, 'transient')
  assert.deepEqual([bytes, front.seen.length], [0, 3])
  await blobs.close()
})

test('an object that was replaced while it is read is noticed', { skip }, async () => {
  await using front = await startFront(server)
  const bucket = await server.bucket()
  const blobs = await openOn(front, bucket)
  const [content, other] = [bytesOf(4_000_000), bytesOf(4_000_000, 2)]
  const file = await sealed(blobs, content)
  front.fault = (seen) => (callOf(seen) === 'get' ? { do: 'cut', after: 1_000_000 } : pass)
  const opened = await blobs.open(file, undefined, calm)
  assert.ok(opened)
  await blobs.remove(file)
  await blobs.append(file, 0, bodyOf(other), calm)
  await blobs.seal(file, digestOf(other), calm)
  await assertRefused(collect(opened.bytes), 'transient')
  await blobs.close()
})

test('a bucket that is away is not taken for one that has nothing', { skip }, async () => {
  const bucket = await server.bucket()
  const blobs = await openS3Blobs(optionsOn(server, bucket))
  const folder = dirname(server.pathOf(bucket, 'any'))
  try {
    const content = bytesOf(100_000, 5)
    const file = blobs.name()
    await blobs.append(file, 0, bodyOf(content, 100_000), calm)
    await rename(folder, `${folder}-away`)
    const away = { kind: 'permanent', message: /NoSuchBucket/ }
    await assert.rejects(blobs.length(file), away)
    await assert.rejects(blobs.append(file, content.length, bodyOf(content, 100_000), calm), away)
    await assert.rejects(blobs.seal(file, digestOf(content), calm), away)
    await rename(`${folder}-away`, folder)
    assert.deepEqual(await blobs.seal(file, digestOf(content), calm), { length: content.length })
  } finally {
    await blobs.close()
  }
})

test('what S3 says is told in the port’s words', { skip }, async () => {
  await using front = await startFront(server)
  const blobs = await openOn(front, await server.bucket())
  const file = await sealed(blobs, bytesOf(10))
  for (const [status, code, kind] of [
    [403, 'AccessDenied', 'denied'],
    [403, 'InvalidAccessKeyId', 'denied'],
    [507, 'InsufficientStorage', 'full'],
    [403, 'QuotaExceeded', 'full'],
    [500, 'InternalError', 'transient'],
    [503, 'SlowDown', 'transient'],
    [400, 'RequestTimeout', 'transient'],
    [501, 'NotImplemented', 'permanent'],
    [400, 'InvalidRequest', 'permanent'],
  ] as const) {
    front.fault = () => ({ do: 'fail', status, code })
    const fresh = blobs.name()
    await assertRefused(blobs.open(file, undefined, calm), kind)
    front.fault = (seen) => (callOf(seen) === 'head' ? pass : { do: 'fail', status, code })
    await assertRefused(blobs.append(fresh, 0, bodyOf(bytesOf(5)), calm), kind)
    front.fault = () => pass
    assert.equal(await blobs.length(fresh), 0)
    assert.deepEqual(await blobs.append(fresh, 0, bodyOf(bytesOf(5)), calm), { length: 5 })
  }
  await blobs.close()
})
