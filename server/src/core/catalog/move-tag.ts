import type { Digest } from '../../domain/digest.ts'
import type { Tag } from '../../domain/tag.ts'
import { insert, put } from '../../ports/store/change.ts'
import type { Change, Stored } from '../../ports/store/store.ts'
import type { Core } from '../ledger/core.ts'
import { getManifest } from './manifest-rows.ts'
import type { References } from './references.ts'
import { type TagRow, tagHistory, tags } from './tables.ts'

export interface TagMove {
  readonly repository: string
  readonly tag: Tag
  /** As read; undefined where the tag was never there. */
  readonly current: Stored<TagRow> | undefined
  /** undefined deletes the tag. */
  readonly to: Digest | undefined
  /** As `describePrincipal` writes it. */
  readonly by: string
}

export async function getTag(
  core: Pick<Core, 'store'>,
  repository: string,
  tag: Tag,
): Promise<Stored<TagRow> | undefined> {
  return await core.store.get(tags, [repository, tag])
}

/** What the tag names now. */
export function liveDigest(row: TagRow | undefined): Digest | undefined {
  return row?.live ? (row.digest as Digest) : undefined
}

/**
 * One step of a tag and its entry in the history. A tag counts as a reference to its manifest, and so does every
 * entry, so that what a tag once named can still be had.
 */
export async function moveTag(core: Core, move: TagMove, references: References): Promise<Change[]> {
  const { repository, tag, current, to, by } = move
  const before = liveDigest(current)
  const at = Math.max(core.clock.now(), current?.movedAt ?? 0)
  const row: TagRow = {
    repository,
    tag,
    live: to !== undefined,
    digest: to ?? '',
    seq: (current?.seq ?? 0) + 1,
    movedAt: at,
    pushedAt: to === undefined ? (current?.pushedAt ?? 0) : at,
  }
  if (before !== undefined) {
    references.manifest(before, -1, (await getManifest(core, repository, before))?.idleSince)
  }
  if (to !== undefined) references.manifest(to, 2)
  return [
    current === undefined ? insert(tags, row) : put(tags, row, current.rev),
    insert(tagHistory, {
      repository,
      tag,
      seq: row.seq,
      at,
      digest: row.digest,
      previous: before ?? '',
      by,
      holds: to !== undefined,
    }),
  ]
}
