import { type Digest, isDigest } from '../../domain/digest.ts'
import { isRegistryError } from '../../domain/error.ts'
import { type Manifest, parseManifest } from '../../domain/manifest.ts'
import { readContent } from '../artifacts/read-content.ts'
import { sourceLayer, textOf } from '../artifacts/version-source.ts'
import { blobs } from '../content/tables.ts'
import type { Core } from '../ledger/core.ts'
import { filesOf } from './version-files.ts'

/** What a version is of, and by which manifest. */
export interface VersionKey {
  readonly kind: string
  /** Of its manifest. */
  readonly digest: string
}

/** What people read of a version: its source as text, and one of its files where it has that and it is text. */
export interface VersionText {
  readonly source: string
  readonly file?: string
}

/**
 * What is read of many versions, in their order: each digest once, and small content by few reads.
 * @param file the name of the file that is read as well
 * @throws RegistryError `blob-unknown`, `content-damaged`, `too-large`
 */
export async function readContents(
  core: Core,
  versions: readonly VersionKey[],
  file: string,
): Promise<readonly VersionText[]> {
  const { manifestBytes, sourceBytes } = core.limits
  const manifests = await readAll(
    core,
    versions.map(({ digest }) => digest),
    manifestBytes,
  )
  const parts = versions.map(({ kind, digest }) => {
    const bytes = manifests.get(digest)
    const manifest = bytes && manifestIn(bytes)
    return {
      manifest: bytes,
      source: manifest && sourceLayer(core, kind, manifest),
      file: manifest && filesOf(manifest).find(({ name }) => name === file)?.digest,
    }
  })
  const wanted = parts.flatMap(({ source, file: other }) =>
    [source, other].filter((one) => one !== undefined),
  )
  const contents = await readAll(core, wanted, sourceBytes)
  const text = (bytes: Uint8Array | undefined): string | undefined => bytes && textOf(bytes)
  return parts.map(({ manifest, source, file: other }) => {
    const own = other && text(contents.get(other))
    return {
      source: (source && text(contents.get(source))) ?? text(manifest) ?? '',
      ...(own !== undefined && { file: own }),
    }
  })
}

/** undefined: it is no JSON, which only a content type of its own let in. It has no layers. */
function manifestIn(bytes: Uint8Array): Manifest | undefined {
  try {
    return parseManifest(bytes, undefined)
  } catch (error) {
    if (isRegistryError(error, 'manifest-invalid')) return undefined
    throw error
  }
}

async function readAll(
  core: Core,
  digests: readonly string[],
  limit: number,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const found = new Map<string, Uint8Array>()
  const wanted = [...new Set(digests)].filter(isDigest)
  for (let at = 0; at < wanted.length; at += core.limits.pageSize) {
    const some = wanted.slice(at, at + core.limits.pageSize)
    const rows = await core.store.getMany(
      blobs,
      some.map((digest) => [digest]),
    )
    for (const [n, digest] of some.entries()) found.set(digest, await bytesOf(core, digest, rows[n], limit))
  }
  return found
}

/** Small content stands in its row; what does not is read one after the other, since it may be large. */
async function bytesOf(
  core: Core,
  digest: Digest,
  row: { readonly damagedAt: number; readonly bytes: Uint8Array | null } | undefined,
  limit: number,
): Promise<Uint8Array> {
  if (row?.damagedAt === 0 && row.bytes !== null && row.bytes.length <= limit) return row.bytes
  return await readContent(core, digest, limit)
}
