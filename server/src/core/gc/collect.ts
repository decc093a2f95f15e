import type { Digest } from '../../domain/digest.ts'
import { formatDuration } from '../../domain/duration.ts'
import { formatTimestamp } from '../../domain/rfc3339.ts'
import { getHolding, removeContent } from '../content/blob-rows.ts'
import { dropHolding } from '../content/blobs.ts'
import { type BlobRow, blobs, type HoldingRow, holdings, repositories } from '../content/tables.ts'
import type { Core } from '../ledger/core.ts'
import { eachRow } from '../ledger/each-row.ts'
import { carryOut, type GcItem, type Going } from './going.ts'

export interface Collected {
  /** Blobs that a repository does not hold any more. */
  readonly holdings: number
  /** Content that nobody held, and whose bytes go with the trash. */
  readonly blobs: number
}

/** What no manifest has named for the grace time goes, while pushes go on. */
export async function collect(core: Core, signal: AbortSignal): Promise<Collected> {
  const counts = { holdings: 0, blobs: 0 }
  await carryOut(goingHoldings(core), signal, ({ what }) => {
    if (what === 'holding') counts.holdings++
  })
  await carryOut(goingContent(core), signal, () => {
    counts.blobs++
  })
  return counts
}

/** Longest idle first, so the first one that is too young ends it. The last holding takes the content along. */
export async function* goingHoldings(core: Core): AsyncGenerator<Going> {
  // Of content that several repositories hold: how many of them lose it now.
  const losing = new Map<string, number>()
  for await (const row of eachRow(core.store, holdings, { index: 'idle', eq: [0] })) {
    if (!isIdle(core, row)) return
    const blob = await core.store.get(blobs, [row.digest])
    const lost = (losing.get(row.digest) ?? 0) + 1
    const isLast = blob !== undefined && blob.refs <= lost
    if (!isLast) losing.set(row.digest, lost)
    const item = await describeHolding(core, row)
    yield {
      items: [item, ...(isLast ? [describeContent(blob, 'this was the last repository that held it')] : [])],
      carryOut: async () => await dropIdle(core, row, item),
    }
  }
}

/** Content without a reference that no holding takes along: two lost it at once, or a process ended in between. */
export async function* goingContent(core: Core): AsyncGenerator<Going> {
  for await (const { digest, ...row } of eachRow(core.store, blobs, { index: 'byRefs', eq: [0] })) {
    const item = describeContent({ digest, ...row }, 'nothing names it, and no repository holds it')
    yield {
      items: [item],
      carryOut: async () =>
        await core.ledger.keep(async () => {
          const now = await core.store.get(blobs, [digest])
          if (now === undefined || now.refs > 0) return { value: [], changes: [] }
          return { value: [item], changes: removeContent(core, now) }
        }),
    }
  }
}

async function dropIdle(core: Core, found: HoldingRow, item: GcItem): Promise<readonly GcItem[]> {
  return await core.ledger.keep<readonly GcItem[]>(async () => {
    const row = await getHolding(core, found.repository, found.digest as Digest)
    if (row === undefined || !isIdle(core, row)) return { value: [], changes: [] }
    const blob = await core.store.get(blobs, [row.digest])
    const why = 'this was the last repository that held it'
    return {
      value: [item, ...(blob?.refs === 1 ? [describeContent(blob, why)] : [])],
      changes: await dropHolding(core, row),
    }
  })
}

function isIdle(core: Core, row: HoldingRow): boolean {
  return row.refs === 0 && row.idleSince < core.clock.now() - core.limits.graceTime
}

async function describeHolding(core: Core, row: HoldingRow): Promise<GcItem> {
  const home = await core.store.get(repositories, [row.repository])
  return {
    what: 'holding',
    repository: home?.name ?? row.repository,
    digest: row.digest,
    bytes: row.size,
    why: `no manifest names it, it was touched ${formatTimestamp(row.idleSince)}, and limits.graceTime is ${formatDuration(core.limits.graceTime)}`,
  }
}

function describeContent({ digest, size, file }: BlobRow, why: string): GcItem {
  return { what: 'content', digest, ...(file !== '' && { file }), bytes: size, why }
}
