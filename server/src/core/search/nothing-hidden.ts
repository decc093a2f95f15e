import type { Sight } from '../../domain/search.ts'
import type { Position } from '../../ports/store/store.ts'
import { tailNow } from '../../ports/store/tail-now.ts'
import { rowsInSight } from '../artifacts/rows-in-sight.ts'
import { artifacts } from '../artifacts/tables.ts'
import type { Core } from '../ledger/core.ts'
import { events } from '../ledger/tables.ts'
import { artifactsIn } from './artifacts-in.ts'

/** Where more is still to come to an index, nobody looks at it one by one. */
const mostLookedAt = 100

/**
 * Whether an index that has followed the log that far has nothing that is out of the sight by now: of what has happened since,
 * all that may be in it is in sight.
 */
export async function nothingHidden(
  core: Core,
  position: Position | undefined,
  sight: Sight,
): Promise<boolean> {
  // Also what readers of the log are not shown yet was acknowledged.
  const entries = await tailNow(core.store, events, { after: position, limit: mostLookedAt })
  if (entries.length === 0) return true
  if (entries.length === mostLookedAt) return false
  // What was made and is as it was made was never to be seen by anybody else. All else the index may have come to just now, and
  // found as it was between two changes.
  const changes = entries.map(({ row }) => row).filter(({ kind }) => kind !== 'artifact.created')
  const keys = artifactsIn(changes).map((id) => [id])
  const changed = await core.store.getMany(artifacts, keys)
  const there = changed.filter((row) => row !== undefined)
  return there.length === changed.length && (await rowsInSight(core, sight, there)).length === there.length
}
