import type { Digest } from '../../domain/digest.ts'
import { RegistryError } from '../../domain/error.ts'
import type { Manifest } from '../../domain/manifest.ts'
import type { Cache } from '../../ports/cache/cache.ts'
import type { Stored } from '../../ports/store/store.ts'
import { type BlobRow, blobs } from '../content/tables.ts'
import type { Core } from '../ledger/core.ts'
import type { Limits } from '../ledger/limits.ts'
import { documentType } from './document-type.ts'
import { readContent } from './read-content.ts'

/** Larger ones are looked into only where their media type says that they are text. */
const triedBytes = 1024 * 1024

/**
 * Which blob holds what a version's author wrote; undefined where its manifest says more than its first layer. One that
 * says of itself that it is a version of that kind has it there, whatever others of that kind are made of.
 */
export function sourceLayer(
  { kinds, limits }: Pick<Core, 'kinds' | 'limits'>,
  kind: string,
  manifest: Pick<Manifest, 'config' | 'layers'>,
): Digest | undefined {
  const [first] = manifest.layers
  if (first === undefined || first.size > limits.sourceBytes) return undefined
  if (isAuthored(kind, manifest)) return first.digest
  if (kinds.get(kind)?.textSource === false) return undefined
  return first.size <= triedBytes || isText(first.mediaType) ? first.digest : undefined
}

/** Its config is a document of that kind. */
export function isAuthored(kind: string, { config }: Pick<Manifest, 'config'>): boolean {
  return config?.mediaType === documentType(kind)
}

function isText(mediaType: string): boolean {
  return /^text\/|^application\/vnd\.lading\.|[/+](?:json|yaml|xml|toml|javascript)$/.test(mediaType)
}

/** At most, in memory. */
const bytesOfCharacter = 2

/** What names the bytes of a version. */
export interface VersionBytes {
  /** Of its manifest; undefined before the first version. */
  readonly digest?: Digest
  /** Of the blob that its author's text is; undefined where there is none. */
  readonly source?: Digest
}

/**
 * What authors wrote: the text of a version's first layer, or, where that is none that could be shown, its manifest as
 * JSON; empty where there is no version. What fits into a row is kept in memory by its digest, which never means another
 * text.
 */
export class Sources {
  readonly #core: Core
  readonly #cache: Cache

  constructor(core: Core, cache: Cache) {
    this.#core = core
    this.#cache = cache
  }

  /** @throws RegistryError `content-damaged`, `unavailable` */
  async read({ digest, source }: VersionBytes): Promise<string> {
    const { sourceBytes, manifestBytes } = this.#core.limits
    const text = source === undefined ? undefined : await this.#text(source, sourceBytes)
    if (text !== undefined || digest === undefined) return text ?? ''
    return (await this.#text(digest, manifestBytes)) ?? ''
  }

  /** Those of many versions, in their order: small ones by one read. @throws RegistryError as `read` */
  async readMany(versions: readonly VersionBytes[]): Promise<readonly string[]> {
    const known = versions.map(({ source, digest }) => this.#known(source ?? digest))
    const unknown = versions.filter((_, at) => known[at] === undefined)
    if (unknown.length === 0) return known as string[]
    const wanted = [...new Map(unknown.map((version) => this.#wanted(version)))]
    const rows = await this.#core.store.getMany(
      blobs,
      wanted.map(([digest]) => [digest]),
    )
    requireRoom(rows, this.#core.limits)
    const texts = new Map<Digest | undefined, string | undefined>()
    // One after the other: what is not in its row may be large.
    for (const [at, [digest, limit]] of wanted.entries())
      texts.set(digest, this.#learned(rows[at]) ?? (await this.#text(digest, limit)))
    const found: string[] = []
    for (const [at, version] of versions.entries())
      found.push(known[at] ?? texts.get(version.source ?? version.digest) ?? (await this.read(version)))
    return found
  }

  #wanted({ source, digest }: VersionBytes): [digest: Digest, limit: number] {
    const { sourceBytes, manifestBytes } = this.#core.limits
    return source === undefined ? [digest as Digest, manifestBytes] : [source, sourceBytes]
  }

  async #text(digest: Digest, limit: number): Promise<string | undefined> {
    return this.#known(digest) ?? textOf(await readContent(this.#core, digest, limit))
  }

  #known(digest: Digest | undefined): string | undefined {
    return digest === undefined ? '' : (this.#cache.get(keyOf(digest)) as string | undefined)
  }

  /** undefined: it is to be looked at by itself. */
  #learned(row: Stored<BlobRow> | undefined): string | undefined {
    if (row === undefined || row.damagedAt !== 0 || row.bytes === null) return undefined
    const text = textOf(row.bytes)
    if (text !== undefined) this.#cache.set(keyOf(row.digest), text, text.length * bytesOfCharacter)
    return text
  }
}

/** @throws RegistryError `too-large`: one source may be so large, and several together no larger than a page */
export function requireRoom(
  rows: readonly (Pick<BlobRow, 'size'> | undefined)[],
  { sourcesPerPage }: Pick<Limits, 'sourcesPerPage'>,
): void {
  const bytes = rows.reduce((sum, row) => sum + (row?.size ?? 0), 0)
  if (rows.length > 1 && bytes > sourcesPerPage)
    throw new RegistryError('too-large', {
      what: `what is to be read at once, ${bytes} bytes (ask for fewer, or for one at a time, or raise limits.sourcesPerPage),`,
      limit: sourcesPerPage,
    })
}

function keyOf(digest: string): string {
  return `text ${digest}`
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
