import type { Digest } from '../../domain/digest.ts'
import { RegistryError } from '../../domain/error.ts'
import { decodeForeignVersion } from '../../domain/foreign-name.ts'
import { describePrincipal } from '../../domain/principal.ts'
import { latestTag, type Tag } from '../../domain/tag.ts'
import { insert, put } from '../../ports/store/change.ts'
import type { Change } from '../../ports/store/store.ts'
import { checkText, invalid } from '../artifacts/check-metadata.ts'
import { keepArtifact } from '../artifacts/keep-artifact.ts'
import { highestOther } from '../artifacts/list-versions.ts'
import { isFrozen, nameOf, requireVersion, versionByTag } from '../artifacts/read-version.ts'
import { repositoryOf, requireArtifact } from '../artifacts/require-artifact.ts'
import { standAt, standingOf } from '../artifacts/stand-at.ts'
import { type ArtifactRow, type VersionRow, versions } from '../artifacts/tables.ts'
import { getTag, liveDigest } from '../catalog/move-tag.ts'
import type { TagRow } from '../catalog/tables.ts'
import type { Caller } from '../ledger/caller.ts'
import type { Core } from '../ledger/core.ts'
import { type Authoring, versionNamed } from './authoring.ts'
import { moveLatest } from './move-latest.ts'

export interface WithdrawVersion {
  readonly id: string
  readonly version: unknown
  /** `deprecated`: use another one. `yanked`: nobody who does not name it exactly gets it. */
  readonly how: 'deprecated' | 'yanked'
  /** Why, and what to use instead; undefined takes it back. */
  readonly message: unknown
}

/**
 * Says of a published version that it should not be used. An artifact that stands at one that is yanked goes to the
 * highest that is left.
 * @throws RegistryError `artifact-unknown`, `artifact-invalid`, `version-unknown`, `version-draft`, `tag-immutable`
 */
export async function withdrawVersion(
  authoring: Authoring,
  caller: Caller,
  request: WithdrawVersion,
): Promise<ArtifactRow> {
  const { core } = authoring
  const { id, how } = request
  const version = versionNamed(request.version)
  const message = messageIn(core, request)
  return await core.ledger.change(caller, async () => {
    const live = await requireArtifact(core, id)
    const found = await requireVersion(core, live, version)
    if (!isFrozen(found)) throw new RegistryError('version-draft', { artifact: nameOf(live), version })
    const { movedAt } = found.tag
    const { rev, ...row } = found.row ?? { ...versionByTag(live.id, version, movedAt), rev: undefined }
    const withdrawn: VersionRow = { ...row, [how]: message, by: describePrincipal(caller.principal) }
    const repository = await repositoryOf(core, live)
    const moved =
      how === 'yanked' && message !== '' ? await leave(authoring, caller, live, found.tag) : undefined
    const after = moved?.after ?? standAt(live, undefined, core.clock.now())
    return {
      value: after,
      changes: [
        rev === undefined ? insert(versions, withdrawn) : put(versions, withdrawn, rev),
        ...(moved?.changes ?? []),
        ...(await keepArtifact(core, live, after)),
      ],
      deeds: [
        { action: how === 'yanked' ? 'version.yank' : 'version.deprecate', repository, target: version },
      ],
      events: [{ kind: 'artifact.updated', repository, artifact: id, version }],
    }
  })
}

function messageIn(core: Core, { message, how }: WithdrawVersion): string {
  if (message === undefined) return ''
  const text = checkText(message, how, core.limits.textLength)
  if (text === '') throw invalid(how, 'say why, and what to use instead')
  return text
}

/** Neither the artifact nor `latest` stays at it. undefined: they are elsewhere, or there is no other version to go to. */
async function leave(
  authoring: Authoring,
  caller: Caller,
  live: Parameters<typeof standAt>[0],
  { tag, digest }: TagRow,
): Promise<{ readonly after: ArtifactRow; readonly changes: Change[] } | undefined> {
  const { core } = authoring
  const version = decodeForeignVersion(tag as Tag)
  const stands = live.version === version
  const isLatest = liveDigest(await getTag(core, live.repository, latestTag)) === digest
  if (!stands && !isLatest) return undefined
  const best = await highestOther(core, live, version)
  if (best === undefined) return undefined
  const standing = await standingOf(core, live, best)
  return {
    after: standAt(live, stands ? standing : undefined, core.clock.now()),
    changes: await moveLatest(authoring, caller, live, standing.digest as Digest),
  }
}
