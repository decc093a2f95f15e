import type { Digest } from '../../domain/digest.ts'
import type { Manifest } from '../../domain/manifest.ts'
import { blobs } from '../content/tables.ts'
import type { Core } from '../ledger/core.ts'
import { readContent } from './read-content.ts'

/** Larger ones are looked into only where their media type says that they are text. */
const triedBytes = 1024 * 1024

/** Which blob holds what a version's author wrote; undefined where its manifest says more than its first layer. */
export function sourceLayer(
  { kinds, limits }: Pick<Core, 'kinds' | 'limits'>,
  kind: string,
  { layers }: Manifest,
): Digest | undefined {
  const [first] = layers
  if (first === undefined || first.size > limits.sourceBytes || kinds.get(kind)?.textSource === false)
    return undefined
  return first.size <= triedBytes || isText(first.mediaType) ? first.digest : undefined
}

function isText(mediaType: string): boolean {
  return /^text\/|^application\/vnd\.lading\.|[/+](?:json|yaml|xml|toml|javascript)$/.test(mediaType)
}

/** What names the bytes of a version. */
export interface VersionBytes {
  /** Of its manifest; undefined before the first version. */
  readonly digest?: Digest
  /** Of the blob that its author's text is; undefined where there is none. */
  readonly source?: Digest
}

/**
 * What a version's author wrote: the text of its first layer, or, where that is none that could be shown, the manifest
 * itself as JSON. Empty where there is no version.
 * @throws RegistryError `content-damaged`, `unavailable`
 */
export async function readSource(core: Core, { digest, source }: VersionBytes): Promise<string> {
  const { sourceBytes, manifestBytes } = core.limits
  const text = source === undefined ? undefined : textOf(await readContent(core, source, sourceBytes))
  if (text !== undefined || digest === undefined) return text ?? ''
  return textOf(await readContent(core, digest, manifestBytes)) ?? ''
}

/** Those of many versions, in their order: small ones by one read. */
export async function readSources(core: Core, versions: readonly VersionBytes[]): Promise<readonly string[]> {
  const keys = versions.map(({ source, digest }) => [source ?? digest ?? ''])
  const rows = await core.store.getMany(blobs, keys)
  return await Promise.all(
    versions.map(async (version, at) => {
      const row = rows[at]
      const bytes = row?.damagedAt === 0 ? row.bytes : null
      return (bytes === null ? undefined : textOf(bytes)) ?? (await readSource(core, version))
    }),
  )
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** undefined: it is no text. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}
