import { type Digest, digestAlgorithm } from '../../domain/digest.ts'
import { digestOf } from '../../domain/digest-of.ts'
import type { NewContent } from '../content/blob-rows.ts'
import { type Claim, newClaim } from '../content/upload-claim.ts'
import { sealFile, writeUpload } from '../content/write-upload.ts'
import type { Core } from '../ledger/core.ts'

/** Verified content that a batch can make visible, with the claim that the batch ends. */
export interface Staged {
  readonly content: NewContent
  readonly claim: Claim
}

/**
 * A manifest's bytes on the way that every blob takes: small ones ride in the batch, larger ones stand in a file that
 * an upload's row answers for until then.
 */
export async function stageContent(
  core: Core,
  repository: string,
  digest: Digest,
  bytes: Uint8Array,
  signal: AbortSignal,
): Promise<Staged> {
  const claim = newClaim(core)
  const body = { bytes: once(bytes), length: bytes.length }
  const written = await writeUpload(core, claim, repository, body, signal)
  if (written.in === 'memory') return { content: { digest, size: bytes.length, bytes }, claim }
  return { content: await sealFile(core, written, digest, signal), claim: written.claim }
}

export function digestAs(reference: Digest | undefined, bytes: Uint8Array): Digest {
  return digestOf(bytes, reference === undefined ? 'sha256' : digestAlgorithm(reference))
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
