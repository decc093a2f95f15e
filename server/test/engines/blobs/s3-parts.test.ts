import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openS3Blobs } from '../../../src/adapters/blobs/s3/open-s3-blobs.ts'
import type { Blobs } from '../../../src/ports/blobs/blobs.ts'
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
import { callOf, startFront } from './s3-front.ts'
import { optionsOn, partBytes } from './s3-harness.ts'

const { skip } = s3ServerTool
let server: S3Server

before(async () => {
  if (skip === false) server = await startS3Server()
})
after(async () => await server?.[Symbol.asyncDispose]())

const listed = async (blobs: Blobs): Promise<[string, number][]> => {
  const files: [string, number][] = []
  for await (const { file, length } of blobs.list()) files.push([file, length])
  return files
}

test('what one process wrote in many parts is sealed by the hash of what it sent, and nothing is read', {
  skip,
}, async () => {
  await using front = await startFront(server)
  const bucket = await server.bucket()
  const blobs = await openS3Blobs(optionsOn(server, bucket, { endpoint: front.endpoint, partBytes }))
  const content = bytesOf(4 * partBytes + 12_345)
  const file = blobs.name()
  await blobs.append(file, 0, bodyOf(content, 65_537), calm)
  assert.deepEqual(await listed(blobs), [[file, content.length]])
  front.seen.length = 0
  assert.deepEqual(await blobs.seal(file, digestOf(content), calm), { length: content.length })
  assert.deepEqual(front.seen.map(callOf).sort(), ['complete', 'delete', 'head', 'head', 'head', 'part'])
  assert.deepEqual(await blobs.seal(file, digestOf(content), calm), { length: content.length })
  assert.ok(!front.seen.map(callOf).includes('range'), 'the file was read')
  assertBytes(await read(blobs, file), content, 'the file')
  const range = { start: partBytes - 3, end: 3 * partBytes + 3 }
  assertBytes(await read(blobs, file, range), content.subarray(range.start, range.end + 1), 'a range')
  await blobs.close()
})

test('an end that there is no memory to keep is read again, and the hash of what was sent still counts', {
  skip,
}, async () => {
  await using front = await startFront(server)
  const bucket = await server.bucket()
  const blobs = await openS3Blobs(
    optionsOn(server, bucket, { endpoint: front.endpoint, partBytes, tailBytes: 0 }),
  )
  const content = bytesOf(partBytes + 70_000)
  const [file, flipped] = [blobs.name(), blobs.name()]
  for (const each of [file, flipped]) {
    await blobs.append(each, 0, bodyOf(content.subarray(0, 1000)), calm)
    await blobs.append(each, 1000, bodyOf(content.subarray(1000), 100_000), calm)
  }
  front.seen.length = 0
  await blobs.seal(file, digestOf(content), calm)
  const read = front.seen.filter((seen) => callOf(seen) === 'range').map(({ url }) => url)
  assert.equal(read.length, 1)
  assert.match(read.join(), /\/tails\//)
  // The end was changed behind its back: then all is read, and it is seen.
  await server.flipByte(bucket, `some/where/tails/${flipped}`, 16 + 5)
  await assertRefused(blobs.seal(flipped, digestOf(content), calm), 'digest')
  await blobs.close()
})

test('two processes append by turns, in pieces of any size, and either seals', { skip }, async () => {
  const sizes = [
    1,
    100_000,
    partBytes - 100_001,
    1,
    partBytes,
    7,
    2 * partBytes + 5,
    3_000_000,
    3_000_000,
    0,
    12,
  ]
  for (const sealedBy of [0, 1]) {
    const bucket = await server.bucket()
    const two = [
      await openS3Blobs(optionsOn(server, bucket, { partBytes })),
      await openS3Blobs(optionsOn(server, bucket, { partBytes: partBytes + 1_048_576 })),
    ] as const
    const file = two[0].name()
    const pieces = sizes.map((size, n) => bytesOf(size, n + 1))
    let length = 0
    for (const [n, piece] of pieces.entries()) {
      const [mine, other] = n % 2 === 0 ? two : [two[1], two[0]]
      const before = length
      length = (await mine.append(file, before, bodyOf(piece, 500_000), calm)).length
      assert.equal(length, before + piece.length)
      assert.equal(await other.length(file), length)
      if (piece.length > 0) await assertRefused(other.append(file, before, bodyOf(piece), calm), 'offset')
    }
    const whole = joined(...pieces)
    const sealer = two[sealedBy]
    assert.ok(sealer)
    await sealer.seal(file, digestOf(whole), calm)
    for (const each of two) {
      assertBytes(await read(each, file), whole, 'the file')
      await assertRefused(each.append(file, length, bodyOf(bytesOf(1)), calm), 'sealed')
      assert.deepEqual(await each.seal(file, digestOf(whole, 'sha512'), calm), { length })
      assert.deepEqual(await listed(each), [[file, length]])
    }
    await two[0].remove(file)
    assert.equal(await two[1].open(file, undefined, calm), undefined)
    for (const each of two) await each.close()
  }
})

test('other bytes than those announced are refused, whichever process is asked, and never sealed by it', {
  skip,
}, async () => {
  const bucket = await server.bucket()
  const [one, other] = [
    await openS3Blobs(optionsOn(server, bucket, { partBytes })),
    await openS3Blobs(optionsOn(server, bucket, { partBytes })),
  ]
  const content = bytesOf(2 * partBytes + 9)
  const wrong = digestOf(bytesOf(9))
  const file = one.name()
  await one.append(file, 0, bodyOf(content, 1_000_000), calm)
  await assertRefused(one.seal(file, wrong, calm), 'digest')
  await assertRefused(other.seal(file, wrong, calm), 'digest')
  await assertRefused(one.seal(file, wrong, calm), 'digest')
  assert.deepEqual(await other.seal(file, digestOf(content), calm), { length: content.length })
  await assertRefused(other.seal(file, wrong, calm), 'digest')
  for (const each of [one, other]) await each.close()
})

test('a byte that changed in S3 after another process wrote it is seen', { skip }, async () => {
  const bucket = await server.bucket()
  const [one, other] = [
    await openS3Blobs(optionsOn(server, bucket, { partBytes })),
    await openS3Blobs(optionsOn(server, bucket, { partBytes })),
  ]
  const content = bytesOf(partBytes + 50_000)
  const file = one.name()
  await one.append(file, 0, bodyOf(content, 1_000_000), calm)
  await server.flipByte(bucket, `some/where/tails/${file}`, 16 + 40_000)
  await assertRefused(other.seal(file, digestOf(content), calm), 'digest')
  for (const each of [one, other]) await each.close()
})

test('a file that is not sealed cannot be read once it has parts, and says so', { skip }, async () => {
  const blobs = await openS3Blobs(optionsOn(server, await server.bucket(), { partBytes }))
  const file = blobs.name()
  await blobs.append(file, 0, bodyOf(bytesOf(partBytes + 1), 1_000_000), calm)
  await assertRefused(blobs.open(file, undefined, calm), 'permanent')
  await blobs.close()
})

test('uploads have memory for what they are told to, whatever there are of them', { skip }, async () => {
  const bound = 4 * partBytes
  const blobs = await openS3Blobs(
    optionsOn(server, await server.bucket(), { partBytes, writeBytes: bound, partsInFlight: 2 }),
  )
  const content = bytesOf(3 * partBytes + 77)
  const digest = digestOf(content)
  await Promise.all(
    Array.from({ length: 6 }, async () => {
      const file = blobs.name()
      await blobs.append(file, 0, bodyOf(content, 300_000), calm)
      await blobs.seal(file, digest, calm)
      assertBytes(await read(blobs, file), content, 'the file')
    }),
  )
  await blobs.close()
})

test('an upload that gets no memory in time is told to come again', {
  skip,
}, async () => {
  const options = optionsOn(server, await server.bucket(), {
    partBytes,
    writeBytes: 4 * partBytes,
    waits: { memoryMs: 50 },
  })
  const blobs = await openS3Blobs(options)
  const gate = Promise.withResolvers<void>()
  const holding = Array.from({ length: 5 }, async () => {
    const file = blobs.name()
    async function* slow(): AsyncGenerator<Uint8Array> {
      yield bytesOf(partBytes - 1_000_000)
      await gate.promise
    }
    return await blobs.append(file, 0, slow(), calm).then(
      () => 'kept',
      (error: unknown) => (error as { kind?: string }).kind,
    )
  })
  const first = await Promise.race(holding)
  assert.equal(first, 'busy')
  gate.resolve()
  // Three quarters of the memory are for whole parts.
  assert.deepEqual((await Promise.all(holding)).sort(), ['busy', 'busy', 'busy', 'kept', 'kept'])
  await blobs.close()
})

test('a file of as many parts as there may be is sealed, and one that would need another is refused while it comes', {
  skip,
}, async () => {
  const mostParts = 3
  const blobs = await openS3Blobs(optionsOn(server, await server.bucket(), { partBytes, mostParts }))
  const most = blobs.can.maxBytes
  assert.ok(most !== undefined && most > mostParts * partBytes)
  const content = bytesOf(most)
  for (const cut of [0, most - 1, most]) {
    const file = blobs.name()
    if (cut > 0) await blobs.append(file, 0, bodyOf(content.subarray(0, cut), 1_000_000), calm)
    if (cut < most) await blobs.append(file, cut, bodyOf(content.subarray(cut), 1_000_000), calm)
    assert.deepEqual(await blobs.seal(file, digestOf(content), calm), { length: most })
    await blobs.remove(file)
  }
  const longer = blobs.name()
  await assertRefused(blobs.append(longer, 0, bodyOf(bytesOf(most + 1), 1_000_000), calm), 'full')
  const other = blobs.name()
  await blobs.append(other, 0, bodyOf(content, 1_000_000), calm)
  await assertRefused(blobs.append(other, most, bodyOf(bytesOf(1)), calm), 'full')
  await blobs.close()
})
