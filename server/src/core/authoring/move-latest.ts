import type { Digest } from '../../domain/digest.ts'
import { describePrincipal } from '../../domain/principal.ts'
import { latestTag } from '../../domain/tag.ts'
import type { Change } from '../../ports/store/store.ts'
import { repositoryOf } from '../artifacts/require-artifact.ts'
import type { ArtifactRow } from '../artifacts/tables.ts'
import { getTag, liveDigest, moveTag } from '../catalog/move-tag.ts'
import { References } from '../catalog/references.ts'
import type { Caller } from '../ledger/caller.ts'
import { requireMovable } from '../policy/immutable-tags.ts'
import type { Authoring } from './authoring.ts'

/** `latest` names that manifest of the artifact. Nothing to do where it does so already. */
export async function moveLatest(
  { core, immutable }: Authoring,
  caller: Caller,
  artifact: ArtifactRow,
  to: Digest,
): Promise<Change[]> {
  const { repository } = artifact
  const current = await getTag(core, repository, latestTag)
  const now = liveDigest(current)
  if (now === to) return []
  if (now !== undefined) requireMovable(immutable, await repositoryOf(core, artifact), latestTag)
  const references = new References(core, repository)
  const by = describePrincipal(caller.principal)
  const changes = await moveTag(core, { repository, tag: latestTag, current, to, by }, references)
  return [...changes, ...references.changes()]
}
