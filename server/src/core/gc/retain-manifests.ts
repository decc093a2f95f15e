import type { Digest } from '../../domain/digest.ts'
import { formatDuration } from '../../domain/duration.ts'
import { isRegistryError } from '../../domain/error.ts'
import type { RepositoryName } from '../../domain/repository-name.ts'
import { retentionOf } from '../../domain/retention.ts'
import { formatTimestamp } from '../../domain/rfc3339.ts'
import { getManifest, namedBy } from '../catalog/manifest-rows.ts'
import { pullsCountedSince } from '../catalog/pull-counting.ts'
import { type ManifestRow, manifests, type PullRow, pulls } from '../catalog/tables.ts'
import type { RepositoryRow } from '../content/tables.ts'
import type { Caller } from '../ledger/caller.ts'
import type { Core } from '../ledger/core.ts'
import { eachRow } from '../ledger/each-row.ts'
import { shownPull } from '../policy/retention.ts'
import { deleteManifest } from '../publish/delete-manifest.ts'
import type { GcItem, Going } from './going.ts'
import { type RetentionRules, sourceOf } from './retain-tags.ts'

/**
 * The manifests of one repository that nothing names and nobody has pushed or pulled for the time of its namespace,
 * each with its referrers, which follow as after any deletion. A referrer of a manifest that is there is named by its
 * subject: it goes with that alone.
 */
export async function* goingManifests(
  core: Core,
  { immutableTags, retentions }: RetentionRules,
  home: RepositoryRow,
  caller: Caller,
): AsyncGenerator<Going> {
  const { untagged } = retentionOf(retentions, home.namespace)
  if (untagged === undefined || !home.live) return
  const repository = home.name as RepositoryName
  const source = sourceOf(retentions, home.namespace)
  const going = new Set<string>()
  const since = await pullsCountedSince(core)
  const subjectLives = async (row: ManifestRow): Promise<boolean> =>
    row.subject !== '' &&
    (going.has(row.subject) || (await getManifest(core, home.id, row.subject as Digest)) !== undefined)
  for await (const row of eachRow(core.store, manifests, { eq: [home.id] })) {
    if (!isIdle(core, untagged, row)) continue
    const pulled = await core.store.get(pulls, [home.id, row.digest])
    const lastPull = (row: PullRow | undefined): number => Math.max(row?.lastAt ?? 0, since)
    if (wasPulled(core, untagged, lastPull(pulled)) || (await subjectLives(row))) continue
    const digest = row.digest as Digest
    if ((await namedBy(core, home.id, digest)) !== undefined) continue
    const why = `${source} keeps what nothing names for ${formatDuration(untagged)}; this one was touched ${formatTimestamp(row.idleSince)} and last pulled ${shownPull(lastPull(pulled))}`
    const item: GcItem = { what: 'manifest', repository, digest, bytes: row.size, why }
    const request = {
      repository,
      digest,
      expect: {},
      onlyIf: async (now: ManifestRow, pulledNow: PullRow | undefined) =>
        isIdle(core, untagged, now) &&
        !wasPulled(core, untagged, lastPull(pulledNow)) &&
        !(await subjectLives(now)),
    }
    going.add(digest)
    yield {
      items: [item, ...(await followers(core, repository, row, going))],
      carryOut: async () => {
        const went = await deleteManifest(core, immutableTags, caller, request).catch(isLeft)
        // Its referrers go in the job that the deletion has asked for.
        return went ? [item] : []
      },
    }
  }
}

function isIdle(core: Core, untagged: number, row: ManifestRow): boolean {
  return row.refs === 0 && row.idleSince < core.clock.now() - untagged
}

function wasPulled(core: Core, untagged: number, lastPull: number): boolean {
  return lastPull > 0 && lastPull >= core.clock.now() - untagged
}

/** What speaks of a manifest that goes, and of that in turn, where nothing else names it: see `delete-referrers.ts`. */
async function followers(
  core: Core,
  repository: RepositoryName,
  subject: ManifestRow,
  going: Set<string>,
): Promise<GcItem[]> {
  const items: GcItem[] = []
  const subjects = [subject.digest]
  for (let of = subjects.pop(); of !== undefined; of = subjects.pop()) {
    const speaking = { index: 'bySubject', eq: [subject.repository, of] }
    for await (const row of eachRow(core.store, manifests, speaking)) {
      if (row.refs > 0 || row.idleSince >= core.clock.now() || going.has(row.digest)) continue
      going.add(row.digest)
      subjects.push(row.digest)
      const why = `it speaks of ${of}, which goes`
      items.push({ what: 'manifest', repository, digest: row.digest, bytes: row.size, why })
    }
  }
  return items
}

function isLeft(error: unknown): false {
  if (isRegistryError(error, 'manifest-unknown') || isRegistryError(error, 'manifest-in-use')) return false
  throw error
}
