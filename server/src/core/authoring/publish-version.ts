import type { Digest } from '../../domain/digest.ts'
import { RegistryError } from '../../domain/error.ts'
import { describePrincipal } from '../../domain/principal.ts'
import { check, put } from '../../ports/store/change.ts'
import { keepArtifact } from '../artifacts/keep-artifact.ts'
import { isHighest } from '../artifacts/list-versions.ts'
import { findVersion, isFrozen, nameOf, requireVersion } from '../artifacts/read-version.ts'
import { repositoryOf, requireArtifact } from '../artifacts/require-artifact.ts'
import { givesWay, standAt, standingOf, withPublished } from '../artifacts/stand-at.ts'
import { type ArtifactRow, type VersionRow, versions } from '../artifacts/tables.ts'
import { tags } from '../catalog/tables.ts'
import type { Caller } from '../ledger/caller.ts'
import { type Authoring, changelogIn, versionNamed } from './authoring.ts'
import { moveLatest } from './move-latest.ts'
import { updateArtifact } from './update-artifact.ts'

export interface PublishVersion {
  readonly id: string
  /** One that is not there yet is made of the version that the artifact stands at. */
  readonly version: unknown
  readonly changelog?: unknown
}

/**
 * From now on the version's content stays as it is. `latest` names the version that the artifact stands at, where that is
 * published, else the highest that is, a release before what precedes one.
 * @throws RegistryError `artifact-unknown`, `artifact-invalid`, `version-published`, `tag-immutable`
 */
export async function publishVersion(
  authoring: Authoring,
  caller: Caller,
  request: PublishVersion,
): Promise<ArtifactRow> {
  const { core } = authoring
  const { id } = request
  const version = versionNamed(request.version)
  const artifact = await requireArtifact(core, id)
  if ((await findVersion(core, artifact, version)) === undefined)
    return await updateArtifact(authoring, caller, { ...request, published: true })
  const changelog = request.changelog === undefined ? undefined : changelogIn(core, request.changelog)
  return await core.ledger.change(caller, async () => {
    const live = await requireArtifact(core, id)
    const { tag, row } = await requireVersion(core, live, version)
    if (row === undefined || isFrozen({ row }))
      throw new RegistryError('version-published', { artifact: nameOf(live), version })
    const now = core.clock.now()
    const { rev, ...columns } = row
    const published: VersionRow = {
      ...columns,
      state: 'published',
      publishedAt: now,
      changelog: changelog ?? row.changelog,
      by: describePrincipal(caller.principal),
    }
    const highest = await isHighest(core, live, version)
    const rises = highest && version !== live.version && (await givesWay(core, live, version))
    const standing = rises ? await standingOf(core, live, version) : undefined
    const after = withPublished(standAt(live, standing, now), now)
    const follows = highest || version === live.version
    const latest = follows ? await moveLatest(authoring, caller, live, tag.digest as Digest) : []
    const repository = await repositoryOf(core, live)
    return {
      value: after,
      changes: [
        put(versions, published, rev),
        // A push that would move the tag in this moment must not: from now on it stays.
        check(tags, [tag.repository, tag.tag], tag.rev),
        ...latest,
        ...(await keepArtifact(core, live, after)),
      ],
      deeds: [{ action: 'version.publish', repository, target: version }],
      events: [{ kind: 'version.published', repository, artifact: id, version }],
    }
  })
}
