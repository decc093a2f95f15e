import { emptyMetadata } from '../../domain/artifact.ts'
import type { Digest } from '../../domain/digest.ts'
import { isRegistryError } from '../../domain/error.ts'
import { decodeForeignVersion, encodeForeignVersion } from '../../domain/foreign-name.ts'
import type { RepositoryName } from '../../domain/repository-name.ts'
import { isSemver } from '../../domain/semver.ts'
import type { Tag } from '../../domain/tag.ts'
import { check } from '../../ports/store/change.ts'
import type { Change, Stored } from '../../ports/store/store.ts'
import { getTag } from '../catalog/move-tag.ts'
import { type TagRow, tags } from '../catalog/tables.ts'
import type { Core } from '../ledger/core.ts'
import { eachRow } from '../ledger/each-row.ts'
import type { NewEvent } from '../ledger/ledger.ts'
import { metadataColumns, metadataOf } from './artifact-rows.ts'
import { keepArtifact } from './keep-artifact.ts'
import { highestOther } from './list-versions.ts'
import { getVersionRow } from './read-version.ts'
import { saidFromNow, unsaidOf } from './said-of-itself.ts'
import { type Standing, standAt, standingOf } from './stand-at.ts'
import { bestTagAmong, bestTagOf, compareTags, mayStandAt } from './standing-tag.ts'
import { type ArtifactRow, artifacts } from './tables.ts'

/** What goes by a door that knows no artifacts. */
export interface Departed {
  readonly repository: RepositoryName
  /** Of the repository. */
  readonly id: string
  readonly tags: readonly Tag[]
  /** A manifest that goes with the last of its tags. */
  readonly digest?: Digest
}

/**
 * An artifact that stands at what goes stands at the highest version that is left, or at what another tag names. Where nothing
 * is left it stands at nothing, and no list has it until something is pushed to it again.
 */
export async function noteDeparture(
  core: Core,
  departed: Departed,
): Promise<{ readonly changes: readonly Change[]; readonly events: readonly NewEvent[] }> {
  const row = await core.store.get(artifacts, { unique: 'repository', values: [departed.id] })
  if (row === undefined) return { changes: [], events: [] }
  const versions = departed.tags.map(decodeForeignVersion).filter(isSemver)
  const goes =
    row.version === ''
      ? row.digest !== '' && (await losesBest(core, row, departed))
      : versions.includes(row.version)
  const about = { kind: 'artifact.updated', repository: departed.repository, artifact: row.id } as const
  if (!goes && (await isShownAs(core, row, versions)))
    return {
      changes: await keepArtifact(core, row, standAt(row, undefined, core.clock.now())),
      events: [{ ...about, version: row.version }],
    }
  // It still stands elsewhere when this is committed: it may only come to stand at what a tag names.
  if (!goes) {
    const stays = departed.tags.length === 0 ? [] : [check(artifacts, [row.id], row.rev)]
    return { changes: stays, events: [] }
  }
  const left = await leftOf(core, row, { versions, tags: departed.tags })
  const after =
    left === undefined ? await withNothing(core, row) : standAt(row, left.standing, core.clock.now())
  return {
    changes: [
      ...(left === undefined ? [] : [check(tags, [left.tag.repository, left.tag.tag], left.tag.rev)]),
      ...(await keepArtifact(core, row, after)),
    ],
    events: [{ ...about, ...(after.version !== '' && { version: after.version }) }],
  }
}

/** While it stands at a draft it is shown as another version, and as none where that was the last. */
async function isShownAs(core: Core, row: ArtifactRow, going: readonly string[]): Promise<boolean> {
  if (!row.published || row.version === '' || going.length === 0) return false
  return (await getVersionRow(core, row.id, row.version))?.state === 'draft'
}

/** One whose tags name no versions stays while none goes that is better than what else names its manifest. */
async function losesBest(
  core: Core,
  { repository, digest }: ArtifactRow,
  { tags: going, digest: gone }: Departed,
): Promise<boolean> {
  if (gone === digest) return true
  if (going.length === 0) return false
  const rows = await core.store.getMany(
    tags,
    going.map((tag) => [repository, tag]),
  )
  const best = bestTagAmong(
    rows.flatMap((row) => (row?.live && row.digest === digest ? [row] : [])),
    [],
  )
  if (best === undefined) return false
  const naming = eachRow(core.store, tags, { index: 'byDigest', eq: [repository, digest] })
  // A manifest may have thousands, and the first that is as good tells.
  for await (const other of naming)
    if (mayStandAt(other.tag as Tag, going) && compareTags(other, best) >= 0) return false
  return true
}

interface Left {
  readonly standing: Standing
  readonly tag: Stored<TagRow>
}

async function leftOf(
  core: Core,
  row: ArtifactRow,
  without: { readonly versions: readonly string[]; readonly tags: readonly Tag[] },
): Promise<Left | undefined> {
  const best = await highestOther(core, row, ...without.versions)
  if (best === undefined) return await bestOther(core, row, without.tags)
  const tag = await getTag(core, row.repository, encodeForeignVersion(best))
  // It went since the tags were read: its row stays.
  if (!tag?.live) return await leftOf(core, row, { ...without, versions: [...without.versions, best] })
  return { tag, standing: await standingOr(core, row, { version: best, digest: tag.digest }) }
}

/** What cannot be read any more keeps nobody from deleting. */
async function standingOr(
  core: Core,
  row: ArtifactRow,
  { version, digest }: Pick<Standing, 'version' | 'digest'>,
): Promise<Standing> {
  try {
    return await standingOf(core, row, version)
  } catch (error) {
    if (!isRegistryError(error)) throw error
    return { version, digest, source: '', metadata: metadataOf(row) }
  }
}

async function bestOther(core: Core, row: ArtifactRow, without: readonly Tag[]): Promise<Left | undefined> {
  const tag = await bestTagOf(core, row.repository, without)
  if (tag === undefined) return undefined
  const standing = await standingOr(core, row, { version: tag.digest, digest: tag.digest })
  return { tag, standing: { ...standing, version: '', source: '' } }
}

/** What it said of itself goes too; what was set by hand stays for what is pushed next. */
async function withNothing(core: Core, stored: Stored<ArtifactRow>): Promise<ArtifactRow> {
  const { rev: _, ...row } = stored
  const unsaid = unsaidOf(row)
  const now = { ...emptyMetadata, ...unsaid }
  const metadata = await saidFromNow(core, row, { digest: '', now, unsaid })
  const updatedAt = Math.max(core.clock.now(), row.updatedAt)
  return {
    ...row,
    ...metadataColumns(metadata),
    ...{ version: '', digest: '', source: '', published: false, updatedAt },
  }
}
