import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openS3Blobs } from '../../../src/adapters/blobs/s3/open-s3-blobs.ts'
import type { Blobs, FileName } from '../../../src/ports/blobs/blobs.ts'
import { BlobsError } from '../../../src/ports/blobs/errors.ts'
import { assertBytes, bodyOf, bytesOf, calm, digestOf, read } from '../../../src/ports/blobs/suite/content.ts'
import { type S3Server, s3ServerTool, startS3Server } from '../../kit/servers/s3-server.ts'
import { callOf, pass, startFront } from './s3-front.ts'
import { optionsOn, partBytes } from './s3-harness.ts'

const { skip } = s3ServerTool
/** Later than anything that a test has begun, whatever the server rounds to. */
const later = (): number => Date.now() + 60_000
let server: S3Server

before(async () => {
  if (skip === false) server = await startS3Server()
})
after(async () => await server?.[Symbol.asyncDispose]())

async function tidied(blobs: Blobs, before: number): Promise<string[]> {
  assert.ok(blobs.tidy)
  const names: string[] = []
  for await (const name of blobs.tidy(before, calm)) names.push(name)
  return names.sort()
}

async function listed(blobs: Blobs): Promise<FileName[]> {
  const files: FileName[] = []
  for await (const { file } of blobs.list()) files.push(file)
  return files
}

test('uploads of which nothing was ever listed go, and those of listed files stay', { skip }, async () => {
  await using front = await startFront(server)
  const bucket = await server.bucket()
  const options = optionsOn(server, bucket, { endpoint: front.endpoint, partBytes, waits: { attempts: 1 } })
  const blobs = await openS3Blobs(options)
  const content = bytesOf(partBytes + 10)
  const kept = blobs.name()
  await blobs.append(kept, 0, bodyOf(content, 1_000_000), calm)
  // The process ends, as far as S3 sees, right after it began: it can neither say so nor give up.
  const lost = blobs.name()
  front.fault = (seen) =>
    seen.url.includes(lost) && !['begin', 'head'].includes(callOf(seen))
      ? { do: 'fail', status: 503, code: 'SlowDown' }
      : pass
  await assert.rejects(blobs.append(lost, 0, bodyOf(content, 1_000_000), calm), BlobsError)
  front.fault = () => pass
  assert.deepEqual(await listed(blobs), [kept])
  assert.deepEqual(await tidied(blobs, Date.now() - 3_600_000), [])
  assert.deepEqual(await tidied(blobs, later()), [`some/where/blobs/${lost}`])
  assert.deepEqual(await tidied(blobs, later()), [])
  assert.deepEqual(await blobs.seal(kept, digestOf(content), calm), { length: content.length })
  assertBytes(await read(blobs, kept), content, 'the file that was listed')
  await blobs.close()
})

test('the tail of a sealed file, and what a probe left, go; that of another file stays', {
  skip,
}, async () => {
  await using front = await startFront(server)
  const options = optionsOn(server, await server.bucket(), {
    endpoint: front.endpoint,
    waits: { attempts: 1 },
  })
  const blobs = await openS3Blobs(options)
  const content = bytesOf(1000)
  const [sealed, open] = [blobs.name(), blobs.name()]
  for (const file of [sealed, open]) await blobs.append(file, 0, bodyOf(content), calm)
  front.fault = (seen) =>
    callOf(seen) === 'delete' ? { do: 'fail', status: 500, code: 'InternalError' } : pass
  assert.deepEqual(await blobs.seal(sealed, digestOf(content), calm), { length: 1000 })
  assert.ok(blobs.probe)
  await assert.rejects(blobs.probe(), BlobsError)
  front.fault = () => pass
  assert.deepEqual(await listed(blobs), [sealed, open].sort())
  const gone = await tidied(blobs, later())
  assert.equal(gone.length, 2)
  assert.match(gone[0] ?? '', /^some\/where\/probes\//)
  assert.equal(gone[1], `some/where/tails/${sealed}`)
  assert.deepEqual(await listed(blobs), [sealed, open].sort())
  assertBytes(await read(blobs, open), content, 'the file that is not sealed')
  await blobs.close()
})

test('removing a file takes every upload of it', { skip }, async () => {
  await using front = await startFront(server)
  const options = optionsOn(server, await server.bucket(), { endpoint: front.endpoint, partBytes })
  const blobs = await openS3Blobs(options)
  const file = blobs.name()
  await blobs.append(file, 0, bodyOf(bytesOf(2 * partBytes + 1), 1_000_000), calm)
  await blobs.remove(file)
  assert.equal(await blobs.length(file), 0)
  assert.deepEqual(await listed(blobs), [])
  assert.deepEqual(await tidied(blobs, later()), [])
  assert.equal(front.seen.filter((seen) => callOf(seen) === 'abort').length, 1)
  await blobs.remove(file)
  await blobs.close()
})
