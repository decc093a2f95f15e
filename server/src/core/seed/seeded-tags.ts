import type { Digest } from '../../domain/digest.ts'
import type { RepositoryName } from '../../domain/repository-name.ts'
import type { Tag } from '../../domain/tag.ts'
import { type ManifestRow, type TagHistoryRow, type TagRow, tagHistory, tags } from '../catalog/tables.ts'
import { type ImmutableTags, requireMovable } from '../policy/immutable-tags.ts'
import type { RowSink } from './row-sink.ts'

export interface TagHome {
  readonly id: string
  readonly name: RepositoryName
  readonly immutable: ImmutableTags
}

/** The tags of one repository, from the first manifest on, and what they do to the references of manifests. */
export class SeededTags {
  readonly #repository: TagHome
  /** Who moves them, as `describePrincipal` writes it. */
  readonly #by: string
  readonly #tags = new Map<Tag, TagRow>()
  readonly #history: TagHistoryRow[] = []
  readonly #manifests = new Map<string, ManifestRow>()

  constructor(repository: TagHome, by: string) {
    this.#repository = repository
    this.#by = by
  }

  /** Without references, until tags move to it. */
  arrive(manifest: ManifestRow): void {
    this.#manifests.set(manifest.digest, { ...manifest })
  }

  /** To a manifest that has arrived. @throws RegistryError `tag-immutable` */
  move(tag: Tag, digest: Digest, at: number): void {
    const before = this.#tags.get(tag)
    const { id, name, immutable } = this.#repository
    if (before !== undefined) requireMovable(immutable, name, tag)
    const place = { repository: id, tag, seq: (before?.seq ?? 0) + 1 }
    this.#tags.set(tag, { ...place, live: true, digest, movedAt: at, pushedAt: at })
    const previous = before?.digest ?? ''
    this.#history.push({ ...place, at, digest, previous, by: this.#by, holds: true })
    this.#refer(previous, -1, at)
    // The tag, and the entry of its history.
    this.#refer(digest, 2, at)
  }

  rows(sink: RowSink): void {
    for (const row of this.#tags.values()) sink.insert(tags, row)
    for (const row of this.#history) sink.insert(tagHistory, row)
  }

  manifests(): Iterable<ManifestRow> {
    return this.#manifests.values()
  }

  #refer(digest: string, refs: number, at: number): void {
    const row = this.#manifests.get(digest)
    if (row === undefined) return
    row.refs += refs
    if (refs < 0) row.idleSince = Math.max(at, row.idleSince)
  }
}
