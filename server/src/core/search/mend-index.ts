import type { SearchEngine } from '../../ports/search/search.ts'
import { batchIdTime } from '../../ports/store/batch-id.ts'
import { artifacts } from '../artifacts/tables.ts'
import type { Core } from '../ledger/core.ts'
import { compareIndex } from './compare-index.ts'

/** What has changed so lately, ms, the index may not have come to. */
const lately = 60_000
/** So many are enough to know that it is wrong. */
const mostLookedAt = 1_000

export interface Mending {
  /** Brings the index to where the log is. */
  readonly catchUp: () => Promise<unknown>
  /** Builds it anew. */
  readonly build: () => Promise<unknown>
}

/**
 * Compares an index with the store, and builds it anew where it is otherwise: where documents were lost, or changed by somebody
 * else. Only what is different twice, and was not changed lately, counts.
 * @returns how many were different, as far as they were looked at
 */
export async function mendIndex(
  core: Core,
  engine: SearchEngine,
  { catchUp, build }: Mending,
  signal: AbortSignal,
): Promise<number> {
  const first = await differing(core, engine, signal)
  if (first.size === 0) return 0
  await catchUp()
  const again = await differing(core, engine, signal)
  const both = [...first].filter((id) => again.has(id))
  if (both.length === 0) return 0
  await build()
  return both.length
}

async function differing(
  core: Core,
  engine: SearchEngine,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  for await (const { id } of compareIndex(core, engine, signal)) {
    const row = await core.store.get(artifacts, [id])
    // One that is purged was changed at a time that nobody knows: it counts if it is still there the second time.
    if (row === undefined || core.clock.now() - (batchIdTime(row.rev) || 0) >= lately) found.add(id)
    if (found.size >= mostLookedAt) break
  }
  return found
}
