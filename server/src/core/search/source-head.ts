import type { Digest } from '../../domain/digest.ts'
import { RegistryError } from '../../domain/error.ts'
import type { ArtifactRow } from '../artifacts/tables.ts'
import { openContent } from '../content/blobs.ts'
import { blobs } from '../content/tables.ts'
import type { Core } from '../ledger/core.ts'

/** Of a source so much is searched, and shown in snippets. */
const headBytes = 16 * 1024

/** How a source begins. Empty where there is none, where it is no text, and where it cannot be read: the rest is found nevertheless. */
export async function sourceHead(core: Core, { source }: Pick<ArtifactRow, 'source'>): Promise<string> {
  if (source === '') return ''
  try {
    return textOf(await headOf(core, source as Digest))
  } catch (error) {
    if (error instanceof RegistryError && (error.code === 'blob-unknown' || error.code === 'content-damaged'))
      return ''
    throw error
  }
}

async function headOf(core: Core, digest: Digest): Promise<Uint8Array> {
  const row = await core.store.get(blobs, [digest])
  if (row === undefined || row.size === 0) return new Uint8Array()
  const range = { start: 0, end: Math.min(row.size, headBytes) - 1 }
  await using content = await openContent(core, digest, range, new AbortController().signal)
  const chunks: Uint8Array[] = []
  for await (const chunk of content.bytes) chunks.push(Uint8Array.from(chunk))
  return Buffer.concat(chunks)
}

/** What has NUL in it is no text. A character that the end has cut is left out. */
function textOf(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes)
  return text.includes('\0') ? '' : text.replace(/\ufffd$/, '')
}
