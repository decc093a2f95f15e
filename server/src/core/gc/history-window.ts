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

/** How many entries are asked at once what came after them: the answers come on the thread that serves requests, from all over the table. */
const askedAtOnce = 8

/**
 * Entries of tags' histories that the next step has superseded for `limits.historyWindow`: so long a tag can go back
 * to what it named, however long it had named it. Then they stay as records.
 */
export async function* goingHolds(core: Core): AsyncGenerator<Going> {
  let going: Superseded[] = []
  for await (const asked of oldEntries(core)) {
    going.push(...(await superseded(core, asked)))
    while (going.length >= entriesPerBatch) {
      yield await release(core, going.slice(0, entriesPerBatch))
      going = going.slice(entriesPerBatch)
    }
  }
  if (going.length > 0) yield await release(core, going)
}

interface Superseded {
  readonly row: TagHistoryRow
  /** When the next step was made. */
  readonly at: number
}

async function* oldEntries(core: Core): AsyncGenerator<Stored<TagHistoryRow>[], void> {
  let chunk: Stored<TagHistoryRow>[] = []
  for await (const row of eachRow(core.store, tagHistory, { index: 'byAge', eq: [true] })) {
    if (!isOld(core, row)) break
    chunk.push(row)
    if (chunk.length < askedAtOnce) continue
    yield chunk
    chunk = []
  }
  if (chunk.length > 0) yield chunk
}

async function superseded(core: Core, rows: readonly TagHistoryRow[]): Promise<Superseded[]> {
  const keys = rows.map(({ repository, tag, seq }) => [repository, tag, seq + 1])
  const next = await core.store.getMany(tagHistory, keys)
  return rows.flatMap((row, at) => {
    const after = next[at]
    return after !== undefined && isOld(core, after) ? [{ row, at: after.at }] : []
  })
}

function isOld(core: Core, { at }: TagHistoryRow): boolean {
  return at < core.clock.now() - core.limits.historyWindow
}

async function release(core: Core, going: readonly Superseded[]): Promise<Going> {
  const ids = [...new Set(going.map(({ row }) => row.repository))]
  const homes = await core.store.getMany(
    repositories,
    ids.map((id) => [id]),
  )
  const names = new Map(ids.map((id, at) => [id, homes[at]?.name ?? id]))
  const describe = ({ row, at }: Superseded): GcItem => ({
    what: 'hold',
    repository: names.get(row.repository) ?? row.repository,
    tag: row.tag,
    digest: row.digest,
    bytes: 0,
    why: `limits.historyWindow is ${formatDuration(core.limits.historyWindow)}; step ${row.seq} of the tag was superseded ${formatTimestamp(at)}`,
  })
  return {
    items: going.map(describe),
    carryOut: async () => (await releaseNow(core, going)).map(describe),
  }
}

/** History is only ever added to: what has superseded an entry stays before and after; that it holds may have changed. */
async function releaseNow(core: Core, going: readonly Superseded[]): Promise<readonly Superseded[]> {
  return await core.ledger.keep(async () => {
    const now = await core.store.getMany(
      tagHistory,
      going.map(({ row: { repository, tag, seq } }) => [repository, tag, seq]),
    )
    const holding = going.filter((_, at) => now[at]?.holds === true)
    const held = await core.store.getMany(
      manifests,
      holding.map(({ row: { repository, digest } }) => [repository, digest]),
    )
    const references = new Map<string, References>()
    for (const [at, { row }] of holding.entries()) {
      const own = references.get(row.repository) ?? new References(core, row.repository)
      references.set(row.repository, own)
      own.manifest(row.digest, -1, held[at]?.idleSince)
    }
    const changes: Change[] = holding.map(({ row: { repository, tag, seq } }) =>
      patch(tagHistory, [repository, tag, seq], { set: { holds: false }, when: { holds: { eq: true } } }),
    )
    return {
      value: holding,
      changes: [...changes, ...[...references.values()].flatMap((own) => own.changes())],
    }
  })
}
