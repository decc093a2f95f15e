import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openS3Blobs, type S3BlobsOptions } from '../../../src/adapters/blobs/s3/open-s3-blobs.ts'
import type { Blobs, FileName, OpenedBlob } from '../../../src/ports/blobs/blobs.ts'
import { BlobsError } from '../../../src/ports/blobs/errors.ts'
import {
  assertBytes,
  assertRefused,
  bodyOf,
  bytesOf,
  calm,
  digestOf,
  joined,
  read,
} from '../../../src/ports/blobs/suite/content.ts'
import { type S3Server, s3ServerTool, startS3Server } from '../../kit/servers/s3-server.ts'
import { callOf, type S3Front, startFront } from './s3-front.ts'
import { optionsOn, partBytes } from './s3-harness.ts'

const { skip } = s3ServerTool
let server: S3Server

before(async () => {
  if (skip === false) server = await startS3Server()
})
after(async () => await server?.[Symbol.asyncDispose]())

const connections = 3
/** More than a connection keeps of a body that nobody reads. */
const content = bytesOf(3 * partBytes + 1234)
const readBytes = connections * 131_072

interface Sealed extends AsyncDisposable {
  readonly blobs: Blobs
  readonly file: FileName
  readonly front: S3Front
}

async function sealed(waits: S3BlobsOptions['waits']): Promise<Sealed> {
  await using stack = new AsyncDisposableStack()
  const front = stack.use(await startFront(server))
  const options = { endpoint: front.endpoint, partBytes, readBytes, waits: { attempts: 2, ...waits } }
  const blobs = await openS3Blobs(optionsOn(server, await server.bucket(), options))
  stack.defer(() => blobs.close())
  const file = blobs.name()
  await blobs.append(file, 0, bodyOf(content, 1_000_000), calm)
  await blobs.seal(file, digestOf(content), calm)
  front.seen.length = 0
  const ends = stack.move()
  return { blobs, file, front, [Symbol.asyncDispose]: () => ends.disposeAsync() }
}

/** A reader that has taken so many chunks, and no more for now. */
interface Paused extends AsyncDisposable {
  readonly rest: () => Promise<Uint8Array>
}

async function paused(blobs: Blobs, file: FileName, chunks: number): Promise<Paused> {
  const opened: OpenedBlob | undefined = await blobs.open(file, undefined, calm)
  assert.ok(opened)
  const bytes = opened.bytes[Symbol.asyncIterator]()
  const taken: Uint8Array[] = []
  const take = async (): Promise<boolean> => {
    const { done, value } = await bytes.next()
    if (done !== true) taken.push(Uint8Array.from(value))
    return done !== true
  }
  for (let n = 0; n < chunks; n++) await take()
  return {
    rest: async () => {
      while (await take());
      return joined(...taken)
    },
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  }
}

test('more readers that pause than there are connections hold up nobody, and all come to their end', {
  skip,
  timeout: 60_000,
}, async () => {
  // Far less than it would take if anybody waited for one of those that pause.
  await using made = await sealed({ requestMs: 10_000, quietMs: 20 })
  const { blobs, file, front } = made
  const slow: Paused[] = []
  for (let n = 0; n < 4 * connections; n++) slow.push(await paused(blobs, file, n % 3))
  const begun = performance.now()
  assertBytes(await read(blobs, file), content, 'what another reads beside them')
  assert.ok(performance.now() - begun < 5_000)
  const whole = await Promise.all(slow.map((each) => each.rest()))
  for (const each of whole) assertBytes(each, content, 'what one reads that paused')
  const again = front.seen.filter((seen) => callOf(seen) === 'range')
  assert.ok(again.length >= slow.length - connections, `${again.length} went on`)
  for (const { headers } of again) {
    assert.match(String(headers['if-match']), /^".+"$/)
    assert.match(String(headers.range), /^bytes=\d+-\d+$/)
  }
})

test('a reader that had to give way asks for little at first, then for more', { skip }, async () => {
  await using made = await sealed({ quietMs: 1 })
  const { blobs, file, front } = made
  await using first = await paused(blobs, file, 1)
  const others: Paused[] = []
  for (let n = 0; n < connections; n++) others.push(await paused(blobs, file, 1))
  for (const each of others) await each[Symbol.asyncDispose]()
  assertBytes(await first.rest(), content, 'the file')
  const spans = front.seen.flatMap(({ headers }) => {
    const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(String(headers.range)) ?? []
    return start === undefined ? [] : [Number(end) - Number(start) + 1]
  })
  assert.deepEqual(spans.slice(0, 2), [1_048_576, 4 * 1_048_576])
  assert.equal(spans.length, 3)
})

test('where every connection is read from, who waits in vain is told that it is busy, and why', {
  skip,
}, async () => {
  await using made = await sealed({ requestMs: 300, quietMs: 60_000 })
  const { blobs, file, front } = made
  const held: Paused[] = []
  for (let n = 0; n < connections; n++) held.push(await paused(blobs, file, 1))
  await assert.rejects(
    blobs.open(file, undefined, calm),
    (error) =>
      error instanceof BlobsError && error.kind === 'busy' && /3 connections for reading/.test(error.message),
  )
  const gone = new AbortController()
  const waiting = blobs.open(file, undefined, gone.signal)
  gone.abort(new Error('left'))
  await assert.rejects(waiting, /left/)
  assert.equal(front.seen.length, connections)
  // Whoever leaves makes room, whether it was read or not.
  for (const each of held) await each[Symbol.asyncDispose]()
  for (let n = 0; n < connections; n++) await paused(blobs, file, 0)
  await assertRefused(blobs.open(file, undefined, calm), 'busy')
})

test('places are given back by whatever way a reader ends', { skip }, async () => {
  await using made = await sealed({ requestMs: 2_000, quietMs: 60_000 })
  const { blobs, file, front } = made
  const missing = blobs.name()
  for (let n = 0; n < 2 * connections; n++) {
    assert.equal(await blobs.open(missing, undefined, calm), undefined)
    await assertRefused(
      blobs.open(file, { start: content.length, end: content.length + 1 }, calm),
      'permanent',
    )
    assertBytes(await read(blobs, file, { start: 5, end: 9 }), content.subarray(5, 10), 'a range')
    const left = new AbortController()
    const opened = await blobs.open(file, undefined, left.signal)
    assert.ok(opened)
    const bytes = opened.bytes[Symbol.asyncIterator]()
    await bytes.next()
    left.abort(new Error('left'))
    await assert.rejects(bytes.next(), /left/)
    front.fault = () => ({ do: 'fail', status: 503, code: 'SlowDown' })
    await assertRefused(blobs.open(file, undefined, calm), 'transient')
    front.fault = () => ({ do: 'pass' })
  }
})
