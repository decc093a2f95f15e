import { type Digest, isDigest } from '../../domain/digest.ts'
import { isRegistryError } from '../../domain/error.ts'
import { type Manifest, parseManifest } from '../../domain/manifest.ts'
import { readContent } from '../artifacts/read-content.ts'
import { requireRoom, sourceLayer, textOf } from '../artifacts/version-source.ts'
import { type BlobRow, blobs } from '../content/tables.ts'
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

/** Which blobs a version is read from: a manifest of a digest says the same for ever. */
interface Layout {
  readonly source: Digest | undefined
  readonly file: Digest | undefined
}

/** What one blob may have, and whether all of them are bounded too: not those of one version alone. */
interface Bounds {
  readonly limit: number
  readonly isPage: boolean
}

/** Manifests of which it is remembered what they name. */
const mostLayouts = 10_000

/** Reads the content of versions, and remembers what their manifests name: to read one again need not parse it again. */
export class VersionContents {
  readonly #core: Core
  readonly #layouts = new Map<string, Layout>()

  constructor(core: Core) {
    this.#core = core
  }

  /**
   * Of many versions, in their order: each digest once, and small content by few reads.
   * @param file the name of the file that is read as well
   * @throws RegistryError `blob-unknown`, `content-damaged`, `too-large`
   */
  async read(versions: readonly VersionKey[], file: string): Promise<readonly VersionText[]> {
    const layouts = await this.#layoutsOf(versions, file)
    const wanted = layouts.flatMap(({ source, file: other }) => [source, other])
    const { sourceBytes, manifestBytes } = this.#core.limits
    const isPage = versions.length > 1
    const found = await this.#texts(wanted, { limit: sourceBytes, isPage })
    const sources = layouts.map(({ source }) => source && found.get(source))
    const unread = versions.map(({ digest }, at) => (sources[at] === undefined ? digest : undefined))
    const manifests = await this.#texts(unread, { limit: manifestBytes, isPage })
    return versions.map(({ digest }, at): VersionText => {
      const other = layouts[at]?.file
      const own = other && found.get(other)
      return {
        source: sources[at] ?? manifests.get(digest) ?? '',
        ...(own !== undefined && { file: own }),
      }
    })
  }

  async #layoutsOf(versions: readonly VersionKey[], file: string): Promise<readonly Layout[]> {
    const known = versions.map((version) => this.#layouts.get(keyOf(version, file)))
    const unknown = versions.filter((_, at) => known[at] === undefined)
    const digests = unknown.map(({ digest }) => digest)
    const { manifestBytes: limit } = this.#core.limits
    const manifests = await readAll(this.#core, digests, { limit, isPage: versions.length > 1 })
    return versions.map((version, at) => {
      const bytes = manifests.get(version.digest)
      return (
        known[at] ?? this.#remember(keyOf(version, file), layoutIn(this.#core, version.kind, bytes, file))
      )
    })
  }

  #remember(key: string, layout: Layout): Layout {
    const [oldest] = this.#layouts.keys()
    if (this.#layouts.size >= mostLayouts && oldest !== undefined) this.#layouts.delete(oldest)
    this.#layouts.set(key, layout)
    return layout
  }

  /** Without what is no text. */
  async #texts(
    digests: readonly (string | undefined)[],
    bounds: Bounds,
  ): Promise<ReadonlyMap<string, string>> {
    const wanted = digests.filter((digest) => digest !== undefined)
    const contents = await readAll(this.#core, wanted, bounds)
    return new Map(
      [...contents].flatMap(([digest, bytes]): [string, string][] => {
        const text = textOf(bytes)
        return text === undefined ? [] : [[digest, text]]
      }),
    )
  }
}

const keyOf = ({ kind, digest }: VersionKey, file: string): string => `${kind} ${digest} ${file}`

function layoutIn(core: Core, kind: string, bytes: Uint8Array | undefined, file: string): Layout {
  const manifest = bytes && manifestIn(bytes)
  if (manifest === undefined) return { source: undefined, file: undefined }
  return {
    source: sourceLayer(core, kind, manifest),
    file: filesOf(manifest).find(({ name }) => name === file)?.digest,
  }
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
  { limit, isPage }: Bounds,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const found = new Map<string, Uint8Array>()
  const wanted = [...new Set(digests)].filter(isDigest)
  const rows: (BlobRow | undefined)[] = []
  for (let at = 0; at < wanted.length; at += core.limits.pageSize) {
    const keys = wanted.slice(at, at + core.limits.pageSize).map((digest) => [digest])
    rows.push(...(await core.store.getMany(blobs, keys)))
  }
  if (isPage) requireRoom(rows, core.limits)
  for (const [at, digest] of wanted.entries()) found.set(digest, await bytesOf(core, digest, rows[at], limit))
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
