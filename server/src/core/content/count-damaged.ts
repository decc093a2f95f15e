import type { Cursor } from '../../ports/store/store.ts'
import type { Core } from '../ledger/core.ts'
import { blobs } from './tables.ts'

const countedTo = 1_000
/** Small content stands in its row. */
const rowsPerPage = 100
const keptForMs = 10_000

/** How many blobs are marked as damaged: up to 1,000, since there are hardly ever any. Who asks often is told the same for ten seconds. */
export function countingDamaged(core: Pick<Core, 'store' | 'clock'>): () => Promise<number> {
  let kept: { readonly count: Promise<number>; readonly at: number } | undefined
  return async () => {
    const now = core.clock.monotonic()
    if (kept === undefined || now - kept.at >= keptForMs) kept = { count: count(core), at: now }
    return await kept.count
  }
}

async function count({ store }: Pick<Core, 'store'>): Promise<number> {
  let found = 0
  let after: Cursor | undefined
  do {
    const query = { index: 'byDamage', beyond: [0], limit: rowsPerPage, ...(after && { after }) }
    const page = await store.find(blobs, query)
    found += page.rows.length
    after = page.next
  } while (after !== undefined && found < countedTo)
  return found
}
