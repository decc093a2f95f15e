import { encodeForeignVersion } from '../../domain/foreign-name.ts'
import { describePrincipal } from '../../domain/principal.ts'
import type { RepositoryName } from '../../domain/repository-name.ts'
import { latestTag, type Tag } from '../../domain/tag.ts'
import type { Dependency } from '../../kinds/kind.ts'
import { insert, put } from '../../ports/store/change.ts'
import type { Change, Stored } from '../../ports/store/store.ts'
import { keepEdges } from '../artifacts/keep-edges.ts'
import { type VersionRow, versions } from '../artifacts/tables.ts'
import { getManifest } from '../catalog/manifest-rows.ts'
import { getTag, liveDigest, moveTag } from '../catalog/move-tag.ts'
import { References } from '../catalog/references.ts'
import type { PushTarget } from '../content/repositories.ts'
import type { Caller } from '../ledger/caller.ts'
import type { Deed, NewEvent } from '../ledger/ledger.ts'
import { requireMovable } from '../policy/immutable-tags.ts'
import { arrive } from '../publish/arrive.ts'
import type { Authoring } from './authoring.ts'
import type { StagedVersion } from './stage-version.ts'

export interface KeepVersion {
  readonly target: PushTarget
  readonly repository: RepositoryName
  readonly staged: StagedVersion
  readonly before: Stored<VersionRow> | undefined
  readonly row: VersionRow
  readonly dependencies: readonly Dependency[]
  /** The tag `latest` names it from now on. */
  readonly isLatest: boolean
}

/** What a batch has to do, and what is told of it. */
export interface Effects {
  readonly changes: Change[]
  readonly deeds: Deed[]
  readonly events: NewEvent[]
}

/** The changes that make a version what it shall be: its content, its tag, its row, its edges. */
export async function keepVersion(
  { core, immutable }: Authoring,
  caller: Caller,
  keep: KeepVersion,
): Promise<Effects> {
  const { target, repository, staged, before, row } = keep
  const by = describePrincipal(caller.principal)
  const { digest } = staged.staged.content
  const references = new References(core, target.id)
  const tags = [encodeForeignVersion(row.version), ...(keep.isLatest ? [latestTag] : [])]
  const moved: Tag[] = []
  const changes: Change[] = [target.change]
  // Nobody has put anything yet into a repository that this batch makes.
  const { isNew } = target
  for (const tag of tags) {
    const current = isNew ? undefined : await getTag(core, target.id, tag)
    const now = liveDigest(current)
    if (now === digest) continue
    if (now !== undefined) requireMovable(immutable, repository, tag)
    changes.push(
      ...(await moveTag(core, { repository: target.id, tag, current, to: digest, by }, references)),
    )
    moved.push(tag)
  }
  const known = isNew ? undefined : await getManifest(core, target.id, digest)
  if (known === undefined) changes.push(...(await arrive(core, target, { ...staged, by }, references)))
  else references.manifest(digest, 0, known.idleSince)
  const { mediaType } = staged.manifest
  return {
    changes: [
      ...changes,
      ...references.changes(),
      before === undefined ? insert(versions, row) : put(versions, row, before.rev),
      ...(await keepEdges(core, row, before !== undefined, keep.dependencies)),
    ],
    deeds: moved.map((tag) => ({ action: 'tag.move', repository, target: tag, after: digest })),
    events: [
      ...(known === undefined ? [{ kind: 'manifest.pushed' as const, repository, digest, mediaType }] : []),
      ...moved.map((tag) => ({ kind: 'tag.moved' as const, repository, tag, digest, mediaType })),
    ],
  }
}
