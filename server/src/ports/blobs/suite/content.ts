import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import type { Digest, DigestAlgorithm } from '../../../domain/digest.ts'
import type { Blobs, ByteRange, FileName } from '../blobs.ts'
import { BlobsError, type BlobsErrorKind } from '../errors.ts'

/** Never aborts. */
export const calm: AbortSignal = new AbortController().signal

/** Repeatable bytes without a period that an engine's buffers could share. */
export function bytesOf(length: number, seed = 1): Uint8Array {
  const words = new Uint32Array(Math.ceil(length / 4))
  let state = (Math.imul(seed, 0x9e3779b1) ^ 0x85ebca6b) >>> 0 || 1
  for (let at = 0; at < words.length; at += 1) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    words[at] = state
  }
  return new Uint8Array(words.buffer, 0, length)
}

/** A piece that may be followed by another: no smaller than the engine asks for. */
export function pieceFor(blobs: Blobs, length: number, seed = 1): Uint8Array {
  return bytesOf(Math.max(length, blobs.can.minAppend), seed)
}

export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}

export function digestOf(bytes: Uint8Array, algorithm: DigestAlgorithm = 'sha256'): Digest {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}` as Digest
}

/** The bytes as a body, in pieces of the given sizes, the last of which repeats. */
export async function* bodyOf(bytes: Uint8Array, ...sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0
  for (let turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[Math.min(turn, sizes.length - 1)] ?? bytes.length
    yield bytes.subarray(at, at + size)
    at += size
  }
}

/** A new file with these bytes. */
export async function write(blobs: Blobs, bytes: Uint8Array): Promise<FileName> {
  const file = blobs.name()
  assert.deepEqual(await blobs.append(file, 0, bodyOf(bytes), calm), { length: bytes.length })
  return file
}

/** A new file with these bytes, sealed. */
export async function writeSealed(blobs: Blobs, bytes: Uint8Array): Promise<FileName> {
  const file = await write(blobs, bytes)
  assert.deepEqual(await blobs.seal(file, digestOf(bytes), calm), { length: bytes.length })
  return file
}

/** Copies each chunk before it asks for the next, as the port demands. */
export async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const copies: Uint8Array[] = []
  for await (const chunk of chunks) copies.push(new Uint8Array(chunk))
  return joined(...copies)
}

/** What the file has in that range; undefined where there is no file. */
export async function read(blobs: Blobs, file: FileName, range?: ByteRange): Promise<Uint8Array | undefined> {
  const opened = await blobs.open(file, range, calm)
  if (opened === undefined) return undefined
  await using reader = opened
  return await collect(reader.bytes)
}

/** Compared as a whole, but told by length and first difference: a report of megabytes helps nobody. */
export function assertBytes(actual: Uint8Array | undefined, expected: Uint8Array, what: string): void {
  assert.ok(actual !== undefined, `${what}: there is no file`)
  assert.equal(actual.length, expected.length, `${what}: the length`)
  if (Buffer.compare(actual, expected) === 0) return
  const at = actual.findIndex((byte, index) => byte !== expected[index])
  assert.fail(`${what}: the first other byte stands at ${at}`)
}

export async function assertRefused(work: Promise<unknown>, kind: BlobsErrorKind): Promise<void> {
  const outcome = await work.then(
    () => undefined,
    (error: unknown) => ({ error }),
  )
  assert.ok(outcome !== undefined, `it was not refused as ${kind}`)
  const { error } = outcome
  assert.ok(error instanceof BlobsError, `refused by ${String(error)} instead of a BlobsError`)
  assert.equal(error.kind, kind)
}
