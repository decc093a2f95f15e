import type { ArtifactVersion } from '../../domain/artifact.ts'
import { isSemver } from '../../domain/semver.ts'
import type { Core } from '../ledger/core.ts'
import { matches } from './artifact-query.ts'
import { artifactOf } from './artifact-rows.ts'
import { countArtifacts, eachFound, type FindArtifacts, type FoundRow } from './find-artifacts.ts'
import { compareDown, listVersions } from './list-versions.ts'
import { areSeen } from './sees.ts'
import { type Entry, standingVersions } from './standing-versions.ts'
import type { Place } from './streams.ts'
import { type ArtifactRow, artifacts } from './tables.ts'

/** Where a list of entries stands: an artifact's place, and the version of it that was the last one. */
export interface EntryPlace extends Place {
  readonly version: string
}

/** `standing`: of each artifact the version that it stands at, `others` all but that one. */
export type WhichVersions = 'all' | 'standing' | 'others'

export interface FindEntries extends Pick<FindArtifacts, 'filter' | 'order' | 'back'> {
  readonly which: WhichVersions
  readonly after?: EntryPlace
  /** Entries that are passed over first. They are read: a list goes deep by `after`. */
  readonly offset?: number
  readonly limit: number
}

export interface FoundEntries {
  readonly entries: readonly Entry[]
  /** Where the next page begins; undefined on the last one. */
  readonly next?: EntryPlace
}

/** Artifacts whose versions are read side by side. */
const readTogether = 32

/**
 * A page of entries: artifacts in their order, the versions of each with the highest first. What is filtered and ordered by
 * is what the artifact says of itself, whichever of its versions an entry is of.
 * @throws RegistryError `scan-timeout`
 */
export async function findEntries(
  core: Core,
  kinds: readonly string[],
  query: FindEntries,
): Promise<FoundEntries> {
  const { offset = 0, limit } = query
  const page: (Entry & { readonly place: Place })[] = []
  let left = offset
  for await (const entry of eachEntry(core, kinds, query, Math.min(readTogether, offset + limit + 1))) {
    if (left-- > 0) continue
    page.push(entry)
    if (page.length > limit) break
  }
  const entries = page.slice(0, limit).map(({ artifact, version }) => ({ artifact, version }))
  const last = page[limit - 1]
  if (page.length <= limit || last === undefined) return { entries }
  return { entries, next: { ...last.place, version: last.version.version } }
}

/** How many entries there are. @throws RegistryError `scan-timeout` */
export async function countEntries(
  core: Core,
  kinds: readonly string[],
  { filter, which }: Pick<FindEntries, 'filter' | 'which'>,
): Promise<number> {
  if (which === 'standing') return await countArtifacts(core, kinds, filter)
  const query = { filter, order: 'createdAt', back: false, which } as const
  let count = 0
  for await (const _ of eachEntry(core, kinds, query, readTogether)) count += 1
  return count
}

async function* eachEntry(
  core: Core,
  kinds: readonly string[],
  query: Omit<FindEntries, 'limit' | 'offset'>,
  together: number,
): AsyncGenerator<Entry & { readonly place: Place }> {
  const { which, after } = query
  if (after !== undefined && which !== 'standing') yield* await restOf(core, query, after)
  let group: FoundRow[] = []
  for await (const found of eachFound(core, kinds, query, Math.max(2, together))) {
    group.push(found)
    if (group.length < together) continue
    yield* await entriesOf(core, group, which)
    group = []
  }
  yield* await entriesOf(core, group, which)
}

async function entriesOf(
  core: Core,
  group: readonly FoundRow[],
  which: WhichVersions,
): Promise<readonly (Entry & { readonly place: Place })[]> {
  if (which === 'standing') {
    const versions = await standingVersions(
      core,
      group.map(({ row }) => row),
    )
    return group.flatMap(({ artifact, place }, at) => {
      const version = versions[at]
      return version === undefined ? [] : [{ artifact, version, place }]
    })
  }
  const lists = await Promise.all(group.map(({ row }) => versionsOf(core, row, which)))
  return group.flatMap(({ artifact, place }, at) =>
    (lists[at] ?? []).map((version) => ({ artifact, version, place })),
  )
}

async function versionsOf(
  core: Core,
  row: ArtifactRow,
  which: WhichVersions,
): Promise<readonly ArtifactVersion[]> {
  const versions = await listVersions(core, row)
  if (which === 'all') return versions
  return versions.filter(({ version }) => version !== (row.version || row.digest))
}

/** What a page has left of the artifact that it ended in, also where its last version has gone meanwhile. */
async function restOf(
  core: Core,
  { filter, which }: Pick<FindEntries, 'filter' | 'which'>,
  { value, id, version: last }: EntryPlace,
): Promise<readonly (Entry & { readonly place: Place })[]> {
  const row = await core.store.get(artifacts, [id])
  if (row === undefined || !isSemver(last)) return []
  const artifact = artifactOf(row)
  const [isSeen = false] = await areSeen(core, [row], filter.sees)
  if (!isSeen || !matches(artifact, filter)) return []
  const place = { value, id }
  return (await versionsOf(core, row, which))
    .filter(({ version }) => isSemver(version) && compareDown(last, version) < 0)
    .map((version) => ({ artifact, version, place }))
}
