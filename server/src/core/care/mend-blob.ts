import { type Digest, digestAlgorithm } from '../../domain/digest.ts'
import { digestOfStream } from '../../domain/digest-of.ts'
import { isRegistryError } from '../../domain/error.ts'
import type { FileName } from '../../ports/blobs/blobs.ts'
import { keepOneCopy, type NewContent } from '../content/blob-rows.ts'
import { type BlobRow, blobs, files } from '../content/tables.ts'
import { type Claim, endClaim, newClaim } from '../content/upload-claim.ts'
import { sealFile, writeUpload } from '../content/write-upload.ts'
import type { Core } from '../ledger/core.ts'
import { eachRow } from '../ledger/each-row.ts'

/**
 * Looks for a sound copy of a damaged blob in the same registry: a file in the trash, where second copies go, or
 * content that is known under a digest of another algorithm. It is copied into a new file, since a file's state only
 * moves forward. Answers whether the blob is whole again.
 */
export async function mendBlob(core: Core, row: BlobRow, signal: AbortSignal): Promise<boolean> {
  for await (const bytes of candidates(core, row, signal)) {
    signal.throwIfAborted()
    if ((await hasDigest(bytes, row)) && (await copy(core, row, bytes, signal))) return true
  }
  return false
}

/** A copy that left the trash while it was read is none; that there is no room, or no wish any more, is told. */
async function copy(core: Core, row: BlobRow, bytes: Source, signal: AbortSignal): Promise<boolean> {
  const digest = row.digest as Digest
  const claim = newClaim(core)
  try {
    const written = await writeUpload(core, claim, '', { bytes: bytes(), length: row.size }, signal)
    const content: NewContent =
      written.in === 'memory'
        ? { digest, size: row.size, bytes: written.bytes }
        : await sealFile(core, written, digest, signal)
    await adopt(core, written.in === 'file' ? written.claim : claim, content)
    return true
  } catch (error) {
    if (isRegistryError(error, 'size-invalid') || isRegistryError(error, 'digest-mismatch')) return false
    throw error
  }
}

type Source = () => AsyncIterable<Uint8Array>

async function* candidates(core: Core, row: BlobRow, signal: AbortSignal): AsyncGenerator<Source, void> {
  for await (const { file } of eachRow(core.store, files, { index: 'due', eq: ['trash'] })) {
    if (file !== row.file && (await lengthOf(core, file)) === row.size) yield () => read(core, file, signal)
  }
  for await (const other of eachRow(core.store, blobs)) {
    if (other.size !== row.size || other.digest === row.digest || other.damagedAt !== 0) continue
    if (digestAlgorithm(other.digest as Digest) === digestAlgorithm(row.digest as Digest)) continue
    const { bytes, file } = other
    yield bytes === null ? () => read(core, file, signal) : () => once(bytes)
  }
}

/** What cannot be read, or has gone meanwhile, is no copy. */
async function hasDigest(source: Source, row: BlobRow): Promise<boolean> {
  try {
    return (await digestOfStream(source(), digestAlgorithm(row.digest as Digest))).digest === row.digest
  } catch {
    return false
  }
}

async function adopt(core: Core, claim: Claim, content: NewContent): Promise<void> {
  await core.ledger.keep(async () => ({
    value: undefined,
    changes: [...(await keepOneCopy(core, content)), ...(await endClaim(core, claim))],
  }))
}

async function lengthOf(core: Core, file: string): Promise<number> {
  return await core.blobs.length(file as FileName).catch(() => -1)
}

async function* read(core: Core, file: string, signal: AbortSignal): AsyncGenerator<Uint8Array, void> {
  await using opened = await core.blobs.open(file as FileName, undefined, signal)
  if (opened !== undefined) yield* opened.bytes
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void> {
  yield bytes
}
