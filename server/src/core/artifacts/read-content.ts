import type { Digest } from '../../domain/digest.ts'
import { RegistryError } from '../../domain/error.ts'
import { openContent } from '../content/blobs.ts'
import { blobs } from '../content/tables.ts'
import type { Core } from '../ledger/core.ts'

/** Bytes of a digest as a whole. @throws RegistryError `too-large`: beyond `limit`; `blob-unknown`, `content-damaged` */
export async function readContent(core: Core, digest: Digest, limit: number): Promise<Uint8Array> {
  const row = await core.store.get(blobs, [digest])
  if (row !== undefined && row.size > limit)
    throw new RegistryError('too-large', { what: `what is to be read at once, ${row.size} bytes`, limit })
  if (row?.damagedAt === 0 && row.bytes !== null) return row.bytes
  await using content = await openContent(core, digest, undefined, new AbortController().signal)
  const chunks: Uint8Array[] = []
  for await (const chunk of content.bytes) chunks.push(Uint8Array.from(chunk))
  const [only] = chunks
  return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks)
}
