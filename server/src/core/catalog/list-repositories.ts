import type { Digest } from '../../domain/digest.ts'
import type { RepositoryName } from '../../domain/repository-name.ts'
import type { Tag } from '../../domain/tag.ts'
import type { Cursor } from '../../ports/store/store.ts'
import { requireRepository } from '../content/repositories.ts'
import { repositories } from '../content/tables.ts'
import type { Core } from '../ledger/core.ts'
import { manifests, tags } from './tables.ts'

/** Names in byte order after `last`, of those that are visible. A new one may be missing for as long as a replica may lag. */
export async function listRepositories(
  core: Core,
  visible: (name: RepositoryName) => boolean,
  query: { readonly last?: string; readonly limit: number },
): Promise<{ readonly names: readonly RepositoryName[]; readonly more: boolean }> {
  const names: RepositoryName[] = []
  if (query.limit === 0) return { names, more: false }
  let after: Cursor | undefined
  do {
    const page = await core.store.find(repositories, {
      index: 'byLife',
      eq: [true],
      from: 'replica',
      ...(after === undefined ? query.last !== undefined && { beyond: [query.last] } : { after }),
      // One more tells whether there are more. Where many are hidden, the next reads are larger.
      limit: after === undefined ? Math.min(core.limits.pageSize, query.limit + 1) : core.limits.pageSize,
    })
    for (const row of page.rows) {
      const name = row.name as RepositoryName
      if (!visible(name)) continue
      if (names.length === query.limit) return { names, more: true }
      names.push(name)
    }
    after = page.next
  } while (after !== undefined)
  return { names, more: false }
}

export interface RepositoryOverview {
  readonly name: RepositoryName
  readonly tags: readonly TagOverview[]
  /** More tags than were asked for. */
  readonly more: boolean
}

export interface TagOverview {
  readonly tag: Tag
  readonly digest: Digest
  readonly mediaType: string
  /** Empty where the manifest has none. */
  readonly artifactType: string
  /** Of the manifest and what it names directly. */
  readonly size: number
  readonly movedAt: number
}

/** For people: a repository's first tags and what stands behind them. @throws RegistryError `name-unknown` */
export async function repositoryOverview(
  core: Core,
  name: RepositoryName,
  limit: number,
): Promise<RepositoryOverview> {
  const { id } = await requireRepository(core, name)
  const { rows, next } = await core.store.find(tags, { index: 'live', eq: [id, true], limit })
  const behind = await core.store.getMany(
    manifests,
    rows.map((row) => [id, row.digest]),
  )
  return {
    name,
    tags: rows.flatMap((row, at) => {
      const manifest = behind[at]
      // The tag moved between the two reads: the next look shows it.
      if (manifest === undefined) return []
      return {
        tag: row.tag as Tag,
        digest: row.digest as Digest,
        mediaType: manifest.mediaType,
        artifactType: manifest.artifactType,
        size: manifest.totalSize,
        movedAt: row.movedAt,
      }
    }),
    more: next !== undefined,
  }
}
