import type { ArtifactVersion } from '../../domain/artifact.ts'
import { RegistryError } from '../../domain/error.ts'
import { decodeForeignVersion } from '../../domain/foreign-name.ts'
import { isSemver, parseSemver } from '../../domain/semver.ts'
import { semverKey } from '../../domain/semver-key.ts'
import type { Tag } from '../../domain/tag.ts'
import { type TagRow, tags } from '../catalog/tables.ts'
import type { Core } from '../ledger/core.ts'
import { eachRow } from '../ledger/each-row.ts'
import { compareRanks } from './rank.ts'
import { versionOf } from './read-version.ts'
import { type ArtifactRow, type VersionRow, versions } from './tables.ts'

interface Keyed {
  readonly version: string
  readonly key: Uint8Array
}

interface Tagged extends Keyed {
  readonly tag: TagRow
}

/**
 * The versions of an artifact, the highest first, `limits.versionsListed` at most. One whose tags name no versions has one:
 * the digest that it stands at.
 */
export async function listVersions(core: Core, artifact: ArtifactRow): Promise<readonly ArtifactVersion[]> {
  return await toldVersions(core, artifact, await taggedVersions(core, artifact, 'highest'))
}

/** The same, for whom a lower version may be the one. @throws RegistryError `too-large`: there are more than in a list */
export async function listAllVersions(
  core: Core,
  artifact: ArtifactRow,
): Promise<readonly ArtifactVersion[]> {
  return await toldVersions(core, artifact, await taggedVersions(core, artifact, 'all'))
}

async function toldVersions(
  core: Core,
  artifact: ArtifactRow,
  found: readonly Tagged[],
): Promise<readonly ArtifactVersion[]> {
  if (found.length === 0 && artifact.digest !== '') {
    const tag = { digest: artifact.digest, movedAt: artifact.updatedAt }
    return [versionOf(artifact, artifact.digest, tag, undefined)]
  }
  const rows = await rowsOf(
    core,
    artifact.id,
    found.map(({ version }) => version),
  )
  return found.map(({ version, tag }, at) => versionOf(artifact, version, tag, rows[at]))
}

/** In which order two semantic versions stand in such a list: below, at or above 0. */
export function compareDown(one: string, other: string): number {
  const keyed = (version: string): Keyed => ({ version, key: semverKey(parseSemver(version)) })
  return one === other ? 0 : highestFirst(keyed(one), keyed(other))
}

/** Those that differ in build metadata alone have the same precedence, and an order nevertheless. */
const highestFirst = (one: Keyed, other: Keyed): number =>
  Buffer.compare(other.key, one.key) || (one.version < other.version ? 1 : -1)

/** Whether nobody who names no version should get another one: of those that are published and not yanked. */
export async function isHighest(core: Core, artifact: ArtifactRow, version: string): Promise<boolean> {
  const best = await highestOther(core, artifact, version)
  return best === undefined || compareRanks(best, version) <= 0
}

/**
 * Which one whoever names none should get where it is none of these: the highest that is published and not yanked, however
 * many there are. undefined: there is none.
 */
export async function highestOther(
  core: Core,
  artifact: ArtifactRow,
  ...without: readonly string[]
): Promise<string | undefined> {
  let best: string | undefined
  let looked: string[] = []
  const look = async (): Promise<void> => {
    const rows = await rowsOf(core, artifact.id, looked)
    for (const [at, other] of looked.entries()) {
      const row = rows[at]
      const isGiven = row === undefined || (row.state === 'published' && row.yanked === '')
      if (isGiven && (best === undefined || compareRanks(other, best) > 0)) best = other
    }
    looked = []
  }
  for await (const tag of eachRow(core.store, tags, { index: 'live', eq: [artifact.repository, true] })) {
    const other = decodeForeignVersion(tag.tag as Tag)
    if (!isSemver(other) || without.includes(other)) continue
    looked.push(other)
    if (looked.length >= core.limits.pageSize) await look()
  }
  await look()
  return best
}

async function taggedVersions(
  core: Core,
  artifact: ArtifactRow,
  which: 'all' | 'highest',
): Promise<readonly Tagged[]> {
  const { versionsListed } = core.limits
  const found: Tagged[] = []
  for await (const tag of eachRow(core.store, tags, { index: 'live', eq: [artifact.repository, true] })) {
    const version = decodeForeignVersion(tag.tag as Tag)
    if (!isSemver(version)) continue
    found.push({ version, tag, key: semverKey(parseSemver(version)) })
    if (which === 'all' && found.length > versionsListed)
      throw new RegistryError('too-large', { what: 'the number of versions', limit: versionsListed })
    if (found.length >= 2 * versionsListed) keepHighest(found, versionsListed)
  }
  keepHighest(found, versionsListed)
  return found
}

function keepHighest(found: Tagged[], most: number): void {
  found.sort(highestFirst)
  found.length = Math.min(found.length, most)
}

async function rowsOf(
  core: Core,
  artifact: string,
  names: readonly string[],
): Promise<(VersionRow | undefined)[]> {
  const rows: (VersionRow | undefined)[] = []
  for (let at = 0; at < names.length; at += core.limits.pageSize) {
    const keys = names.slice(at, at + core.limits.pageSize).map((version) => [artifact, version])
    rows.push(...(await core.store.getMany(versions, keys)))
  }
  return rows
}
