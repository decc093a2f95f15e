import { decodeForeignVersion } from '../../domain/foreign-name.ts'
import { compareLooseVersions } from '../../domain/loose-version.ts'
import { isSemver } from '../../domain/semver.ts'
import { latestTag, type Tag } from '../../domain/tag.ts'
import type { Stored } from '../../ports/store/store.ts'
import { type TagRow, tags } from '../catalog/tables.ts'
import type { Core } from '../ledger/core.ts'
import { eachRow } from '../ledger/each-row.ts'

/** How older clients tag what speaks of another manifest: distribution spec, "Referrers Tag Schema". */
export const tagOfReferrers: RegExp = /^sha(?:256|512)-[0-9a-f]{64,128}/

/** Of a manifest at which an artifact stands that is pushed to. */
const tagsOfOneManifest = 1000

type PlacedTag = Pick<TagRow, 'tag' | 'movedAt'>

/**
 * Which of two tags an artifact stands at of which none names a version: what people get who name none, `latest`; then the
 * highest of what looks like a version; then what was pushed last.
 * @returns below, at or above 0 as the first comes before, with or after the second
 */
export function compareTags(one: PlacedTag, other: PlacedTag): number {
  return (
    Number(one.tag === latestTag) - Number(other.tag === latestTag) ||
    compareLooseVersions(one.tag, other.tag) ||
    one.movedAt - other.movedAt
  )
}

/** Whether an artifact may stand at a tag that names no version. */
export function mayStandAt(tag: Tag, without: readonly Tag[]): boolean {
  return !without.includes(tag) && !tagOfReferrers.test(tag) && !isSemver(decodeForeignVersion(tag))
}

export function bestTagAmong<T extends PlacedTag>(
  placed: Iterable<T>,
  without: readonly Tag[],
): T | undefined {
  let best: T | undefined
  for (const one of placed) {
    if (!mayStandAt(one.tag as Tag, without)) continue
    if (best === undefined || compareTags(one, best) > 0) best = one
  }
  return best
}

/** Of all in a repository but these. */
export async function bestTagOf(
  core: Pick<Core, 'store'>,
  repository: string,
  without: readonly Tag[],
): Promise<Stored<TagRow> | undefined> {
  let best: Stored<TagRow> | undefined
  for await (const row of eachRow(core.store, tags, { index: 'live', eq: [repository, true] }))
    best = bestTagAmong(best === undefined ? [row] : [best, row], without)
  return best
}

/**
 * Whether tags that are pushed now are the best of all. Since an artifact stands at its best tag, it is enough to look at
 * those of the manifest that it stands at: the first thousand by name, where it has more.
 */
export async function areBest(
  core: Pick<Core, 'store'>,
  { repository, digest }: Pick<TagRow, 'repository' | 'digest'>,
  pushed: readonly Tag[],
): Promise<boolean> {
  if (digest === '' || pushed.includes(latestTag)) return true
  const query = { index: 'byDigest', eq: [repository, digest], limit: tagsOfOneManifest }
  const { rows } = await core.store.find(tags, query)
  const stands = bestTagAmong(rows, pushed)
  const now = pushed.map((tag) => ({ tag, movedAt: Number.POSITIVE_INFINITY }))
  return stands === undefined || now.some((one) => compareTags(one, stands) >= 0)
}
