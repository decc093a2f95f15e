import type { Digest } from '../../domain/digest.ts'
import type { Cursor } from '../../ports/store/store.ts'
import { getHolding, removeContent } from '../content/blob-rows.ts'
import { dropHolding } from '../content/blobs.ts'
import { blobs, holdings } from '../content/tables.ts'
import type { Core } from '../ledger/core.ts'

export interface Collected {
  /** Blobs that a repository does not hold any more. */
  readonly holdings: number
  /** Content that nobody held, and whose bytes go with the trash. */
  readonly blobs: number
}

/** What no manifest has named for the grace time goes, while pushes go on. */
export async function collect(core: Core, signal: AbortSignal): Promise<Collected> {
  return { holdings: await collectHoldings(core, signal), blobs: await collectBlobs(core, signal) }
}

/** Longest idle first, so the first one that is too young ends it. */
async function collectHoldings(core: Core, signal: AbortSignal): Promise<number> {
  let collected = 0
  let after: Cursor | undefined
  do {
    const query = { index: 'idle', eq: [0], limit: core.limits.pageSize }
    const page = await core.store.find(holdings, { ...query, ...(after && { after }) })
    for (const { repository, digest } of page.rows) {
      if (signal.aborted) return collected
      const result = await collectHolding(core, repository, digest as Digest)
      if (result === 'young') return collected
      if (result === 'collected') collected++
    }
    after = page.next
  } while (after !== undefined)
  return collected
}

async function collectHolding(
  core: Core,
  repository: string,
  digest: Digest,
): Promise<'collected' | 'young' | 'needed'> {
  return await core.ledger.keep<'collected' | 'young' | 'needed'>(async () => {
    const row = await getHolding(core, repository, digest)
    if (row === undefined || row.refs > 0) return { value: 'needed', changes: [] }
    if (row.idleSince >= core.clock.now() - core.limits.graceTime) return { value: 'young', changes: [] }
    return { value: 'collected', changes: await dropHolding(core, row) }
  })
}

async function collectBlobs(core: Core, signal: AbortSignal): Promise<number> {
  let collected = 0
  let after: Cursor | undefined
  do {
    const query = { index: 'byRefs', eq: [0], limit: core.limits.pageSize }
    const page = await core.store.find(blobs, { ...query, ...(after && { after }) })
    for (const { digest } of page.rows) {
      if (signal.aborted) return collected
      collected += await core.ledger.keep(async () => {
        const row = await core.store.get(blobs, [digest])
        if (row === undefined || row.refs > 0) return { value: 0, changes: [] }
        return { value: 1, changes: removeContent(core, row) }
      })
    }
    after = page.next
  } while (after !== undefined)
  return collected
}
