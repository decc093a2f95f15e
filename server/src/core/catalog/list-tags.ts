import type { Digest } from '../../domain/digest.ts'
import type { RepositoryName } from '../../domain/repository-name.ts'
import type { Tag } from '../../domain/tag.ts'
import { requireRepository } from '../content/repositories.ts'
import type { Core } from '../ledger/core.ts'
import { tagHistory, tags } from './tables.ts'

/** ASCII order, after `last`, which need not be a tag that is there. @throws RegistryError `name-unknown` */
export async function listTags(
  core: Core,
  repository: RepositoryName,
  query: { readonly last?: string; readonly limit: number },
): Promise<{ readonly tags: readonly Tag[]; readonly more: boolean }> {
  const { id } = await requireRepository(core, repository)
  if (query.limit === 0) return { tags: [], more: false }
  const { rows, next } = await core.store.find(tags, {
    index: 'live',
    eq: [id, true],
    ...(query.last !== undefined && { beyond: [query.last] }),
    limit: query.limit,
  })
  return { tags: rows.map((row) => row.tag as Tag), more: next !== undefined }
}

export interface TagChange {
  /** 1 for the tag's first entry, then up by one. */
  readonly seq: number
  /** ms since 1970; never before that of an earlier entry. */
  readonly at: number
  readonly change: 'create' | 'move' | 'delete'
  /** undefined: the tag was deleted. */
  readonly digest?: Digest
  readonly previous?: Digest
  /** Who, as `describePrincipal` writes it. */
  readonly by: string
  /** The manifest is held for this entry: the tag can go back to it. False once it was deleted by its digest, or `limits.historyWindow` has passed since the tag moved on. */
  readonly kept: boolean
}

/** Newest first; `last` is the `seq` of the last entry seen. @throws RegistryError `name-unknown` */
export async function tagChanges(
  core: Core,
  repository: RepositoryName,
  tag: Tag,
  query: { readonly last?: number; readonly limit: number },
): Promise<{ readonly entries: readonly TagChange[]; readonly more: boolean }> {
  const { id } = await requireRepository(core, repository)
  const { rows, next } = await core.store.find(tagHistory, {
    index: 'key',
    eq: [id, tag],
    back: true,
    ...(query.last !== undefined && { beyond: [query.last] }),
    limit: query.limit,
  })
  const entries = rows.map(
    (row): TagChange => ({
      seq: row.seq,
      at: row.at,
      change: row.digest === '' ? 'delete' : row.previous === '' ? 'create' : 'move',
      ...(row.digest !== '' && { digest: row.digest as Digest }),
      ...(row.previous !== '' && { previous: row.previous as Digest }),
      by: row.by,
      kept: row.holds,
    }),
  )
  return { entries, more: next !== undefined }
}
