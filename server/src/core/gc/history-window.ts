import { formatDuration } from '../../domain/duration.ts'
import { formatTimestamp } from '../../domain/rfc3339.ts'
import { patch } from '../../ports/store/change.ts'
import type { Change, Stored } from '../../ports/store/store.ts'
import { References } from '../catalog/references.ts'
import { manifests, type TagHistoryRow, tagHistory } from '../catalog/tables.ts'
import { repositories } from '../content/tables.ts'
import type { Core } from '../ledger/core.ts'
import { eachRow } from '../ledger/each-row.ts'
import type { GcItem, Going } from './going.ts'

/** An entry, and at most one manifest for each. */
const entriesPerBatch = 400

/**
 * Entries of tags' histories that have held their manifests for `limits.historyWindow`: they stay as records. A live
 * tag counts as a reference of its own, so what it names stays with it.
 */
export async function* goingHolds(core: Core): AsyncGenerator<Going> {
  let chunk: Stored<TagHistoryRow>[] = []
  for await (const row of eachRow(core.store, tagHistory, { index: 'byAge', eq: [true] })) {
    if (!isOld(core, row)) break
    chunk.push(row)
    if (chunk.length < entriesPerBatch) continue
    yield await release(core, chunk)
    chunk = []
  }
  if (chunk.length > 0) yield await release(core, chunk)
}

function isOld(core: Core, { at }: TagHistoryRow): boolean {
  return at < core.clock.now() - core.limits.historyWindow
}

async function release(core: Core, rows: readonly Stored<TagHistoryRow>[]): Promise<Going> {
  const ids = [...new Set(rows.map(({ repository }) => repository))]
  const homes = await core.store.getMany(
    repositories,
    ids.map((id) => [id]),
  )
  const names = new Map(ids.map((id, at) => [id, homes[at]?.name ?? id]))
  const describe = (row: TagHistoryRow): GcItem => ({
    what: 'hold',
    repository: names.get(row.repository) ?? row.repository,
    tag: row.tag,
    digest: row.digest,
    bytes: 0,
    why: `limits.historyWindow is ${formatDuration(core.limits.historyWindow)}; step ${row.seq} of the tag was made ${formatTimestamp(row.at)}`,
  })
  return {
    items: rows.map(describe),
    carryOut: async () => (await releaseNow(core, rows)).map(describe),
  }
}

async function releaseNow(core: Core, rows: readonly TagHistoryRow[]): Promise<readonly TagHistoryRow[]> {
  return await core.ledger.keep(async () => {
    const now = await core.store.getMany(
      tagHistory,
      rows.map(({ repository, tag, seq }) => [repository, tag, seq]),
    )
    const holding = now.filter((row) => row !== undefined).filter((row) => row.holds && isOld(core, row))
    const held = await core.store.getMany(
      manifests,
      holding.map(({ repository, digest }) => [repository, digest]),
    )
    const references = new Map<string, References>()
    for (const [at, { repository, digest }] of holding.entries()) {
      const own = references.get(repository) ?? new References(core, repository)
      references.set(repository, own)
      own.manifest(digest, -1, held[at]?.idleSince)
    }
    const changes: Change[] = holding.map(({ repository, tag, seq }) =>
      patch(tagHistory, [repository, tag, seq], { set: { holds: false }, when: { holds: { eq: true } } }),
    )
    return {
      value: holding,
      changes: [...changes, ...[...references.values()].flatMap((own) => own.changes())],
    }
  })
}
