import { RegistryError } from '../../domain/error.ts'
import { encodeForeignVersion } from '../../domain/foreign-name.ts'
import { describePrincipal } from '../../domain/principal.ts'
import { parseSemver, type Semver } from '../../domain/semver.ts'
import { semverKey } from '../../domain/semver-key.ts'
import { put } from '../../ports/store/change.ts'
import type { Change } from '../../ports/store/store.ts'
import { keepArtifact } from '../artifacts/keep-artifact.ts'
import { getVersionRow, listVersions, nameOf } from '../artifacts/read-version.ts'
import { repositoryOf, requireArtifact } from '../artifacts/require-artifact.ts'
import { type ArtifactRow, versions } from '../artifacts/tables.ts'
import { getTag, liveDigest, moveTag } from '../catalog/move-tag.ts'
import { References } from '../catalog/references.ts'
import type { Caller } from '../ledger/caller.ts'
import type { Core } from '../ledger/core.ts'
import type { Authoring } from './authoring.ts'
import { latestTag } from './keep-version.ts'
import { updateArtifact } from './update-artifact.ts'

export interface PublishVersion {
  readonly id: string
  /** One that is not there yet is made of the artifact's present version. */
  readonly version: string
  readonly changelog?: string
}

/**
 * From now on the version's content stays as it is, and `latest` names the highest version that is published.
 * @throws RegistryError `artifact-unknown`, `version-published`
 */
export async function publishVersion(
  authoring: Authoring,
  caller: Caller,
  { id, version, changelog }: PublishVersion,
): Promise<ArtifactRow> {
  const { core } = authoring
  parseSemver(version)
  const artifact = await requireArtifact(core, id)
  if ((await getVersionRow(core, id, version)) === undefined) {
    const tag = await getTag(core, artifact.repository, encodeForeignVersion(version))
    if (liveDigest(tag) !== undefined)
      throw new RegistryError('version-published', { artifact: nameOf(artifact), version })
    await updateArtifact(authoring, caller, { id, version })
  }
  return await core.ledger.change(caller, async () => {
    const live = await requireArtifact(core, id)
    const row = await getVersionRow(core, id, version)
    if (row === undefined) throw new RegistryError('version-unknown', { artifact: nameOf(live), version })
    if (row.state === 'published')
      throw new RegistryError('version-published', { artifact: nameOf(live), version })
    const now = core.clock.now()
    const { rev, ...columns } = row
    const published = {
      ...columns,
      state: 'published' as const,
      publishedAt: now,
      changelog: changelog ?? row.changelog,
      by: describePrincipal(caller.principal),
    }
    const { rev: _, ...artifactColumns } = live
    const after: ArtifactRow = {
      ...artifactColumns,
      published: true,
      publishedAt: live.publishedAt === 0 ? now : live.publishedAt,
      updatedAt: Math.max(now, live.updatedAt),
    }
    const highest = await isHighest(core, live, version)
    const repository = repositoryOf(live)
    return {
      value: after,
      changes: [
        put(versions, published, rev),
        ...(highest ? await moveLatest(core, caller, live, version) : []),
        ...(await keepArtifact(core, live, after)),
      ],
      deeds: [{ action: 'version.publish', repository, target: version }],
      events: [{ kind: 'version.published', repository, tag: version }],
    }
  })
}

/** Releases come before what precedes a release, whatever their numbers. */
async function isHighest(core: Core, artifact: ArtifactRow, version: string): Promise<boolean> {
  const mine = rankOf(version)
  const others = (await listVersions(core, artifact)).filter(
    (other) => other.state === 'published' && other.version !== version && other.yanked === undefined,
  )
  return others.every((other) => compareRanks(rankOf(other.version), mine) <= 0)
}

interface Rank {
  readonly isRelease: boolean
  readonly key: Uint8Array
}

function rankOf(version: string): Rank {
  const parsed: Semver = parseSemver(version)
  return { isRelease: parsed.prerelease.length === 0, key: semverKey(parsed) }
}

function compareRanks(one: Rank, other: Rank): number {
  if (one.isRelease !== other.isRelease) return one.isRelease ? 1 : -1
  return Buffer.compare(one.key, other.key)
}

/** `latest` names the version's manifest, which is there. Nothing to do where it does so already. */
export async function moveLatest(
  core: Core,
  caller: Caller,
  artifact: ArtifactRow,
  version: string,
): Promise<Change[]> {
  const { repository } = artifact
  const to = liveDigest(await getTag(core, repository, encodeForeignVersion(version)))
  if (to === undefined) throw new RegistryError('version-unknown', { artifact: nameOf(artifact), version })
  const current = await getTag(core, repository, latestTag)
  if (liveDigest(current) === to) return []
  const references = new References(core, repository)
  const by = describePrincipal(caller.principal)
  const changes = await moveTag(core, { repository, tag: latestTag, current, to, by }, references)
  return [...changes, ...references.changes()]
}
