import { createHash } from 'node:crypto'
import { type Digest, digestAlgorithm, digestHex } from '../../../domain/digest.ts'
import type { FileName } from '../../../ports/blobs/blobs.ts'
import { digestMismatch } from '../shared/refusals.ts'
import { completeFile, type Standing } from './complete-file.ts'
import { deleteObject, headObject, putObject, type SeenObject } from './objects.ts'
import { isConflict, onS3 } from './on-s3.ts'
import { readObject } from './read-object.ts'
import { recallTail } from './read-tail.ts'
import { requireBucket } from './require-bucket.ts'
import type { S3State } from './s3-state.ts'
import { lengthOf, lookAtTail, type Tail } from './tails.ts'

export interface Seal {
  readonly file: FileName
  readonly want: Digest
  readonly signal: AbortSignal
}

/**
 * Makes the object of the file, and verifies it: by the hash of what this process sent, where it sent all, else by reading
 * the object. A file is sealed when its object is there; that it was verified is what this call answers, each time.
 */
export async function sealFile(state: S3State, seal: Seal): Promise<{ readonly length: number }> {
  const { file, signal } = seal
  signal.throwIfAborted()
  const key = state.keys.blob(file)
  const [sealed, tail] = await Promise.all([headObject(state, key), lookAtTail(state, file)])
  if (sealed === undefined && tail === undefined) await requireBucket(state)
  const object =
    sealed === undefined ? await makeObject(state, seal, tail) : await verify(state, seal, sealed)
  state.known.keepVerified(file, { etag: object.etag, digest: seal.want })
  state.hashes.forget(file)
  if (tail !== undefined) await dropTail(state, file)
  return { length: object.length }
}

async function makeObject(state: S3State, seal: Seal, tail: Tail | undefined): Promise<SeenObject> {
  const { file, want, signal } = seal
  const known = state.known.take(file, tail?.etag)
  try {
    const { bytes: end, own } = await recallTail(state, { file, tail, known }, signal)
    const sent = own && known?.complete === true ? known.parts : undefined
    const live = sent === undefined ? undefined : await liveHex(state, seal, lengthOf(tail))
    if (live !== undefined && live !== digestHex(want)) throw digestMismatch(file, want, live)
    if (tail === undefined || tail.upload === undefined || tail.parts === 0)
      return await makeSmall(state, seal, { bytes: end, verified: live !== undefined })
    const standing: Standing = { file, upload: { key: state.keys.blob(file), id: tail.upload }, tail, end }
    const { object, certain } = await completeFile(state, standing, sent)
    return certain && live !== undefined ? object : await verify(state, seal, object)
  } catch (error) {
    // For who tries again.
    if (known !== undefined) state.known.keep(file, known)
    throw error
  }
}

async function liveHex(state: S3State, { file, want }: Seal, length: number): Promise<string | undefined> {
  return digestAlgorithm(want) === 'sha256' ? await state.hashes.hexOf(file, length) : undefined
}

/** All of the content is here: it is verified before there is an object. */
async function makeSmall(
  state: S3State,
  seal: Seal,
  content: { readonly bytes: Uint8Array; readonly verified: boolean },
): Promise<SeenObject> {
  const { file, want, signal } = seal
  const { bytes, verified } = content
  signal.throwIfAborted()
  const actual = verified ? digestHex(want) : createHash(digestAlgorithm(want)).update(bytes).digest('hex')
  if (actual !== digestHex(want)) throw digestMismatch(file, want, actual)
  const key = state.keys.blob(file)
  return await onS3(`writing the file ${file}`, async () => {
    try {
      const etag = await putObject(state, { key, body: bytes, replaces: undefined })
      return { etag, length: bytes.length, metadata: {} }
    } catch (error) {
      if (!isConflict(error)) throw error
      // The answer to a first try may have been lost; or what an earlier one sent has arrived late.
      const found = await headObject(state, key)
      if (found === undefined) throw error
      return await verify(state, seal, found)
    }
  })
}

async function verify(state: S3State, seal: Seal, object: SeenObject): Promise<SeenObject> {
  const { file, want, signal } = seal
  const before = state.known.verified(file)
  if (before?.etag === object.etag && before.digest === want) return object
  const hash = createHash(digestAlgorithm(want))
  const source = { key: state.keys.blob(file), etag: object.etag, start: 0, end: object.length - 1 }
  for await (const chunk of readObject(state, source, signal)) hash.update(chunk)
  signal.throwIfAborted()
  const actual = hash.digest('hex')
  if (actual !== digestHex(want)) throw digestMismatch(file, want, actual)
  return object
}

/** The file is sealed whether or not it goes: what is left is tidied up. */
async function dropTail(state: S3State, file: FileName): Promise<void> {
  await deleteObject(state, state.keys.tail(file)).catch((error: unknown) =>
    state.warn('the tail of a sealed file is left over until it is tidied up', {
      file,
      why: error instanceof Error ? error.message : String(error),
    }),
  )
}
