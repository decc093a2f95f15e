import type { Artifact } from '../../domain/artifact.ts'
import { type Sight, wholeSight } from '../../domain/search.ts'
import type { Stored } from '../../ports/store/store.ts'
import type { Core } from '../ledger/core.ts'
import { eachRow } from '../ledger/each-row.ts'
import { artifactOf } from './artifact-rows.ts'
import { rowsInSight } from './rows-in-sight.ts'
import { type ArtifactRow, artifacts } from './tables.ts'

/**
 * The public artifacts that most is done with lately: see `trend.ts` for what counts how much. Those that nothing was ever
 * done with are not among them.
 * @param sight what of them whoever asks may see
 */
export async function trending(
  core: Core,
  limit: number,
  sight: Sight = wholeSight,
): Promise<readonly Artifact[]> {
  const found: Artifact[] = []
  let looked: Stored<ArtifactRow>[] = []
  const look = async (): Promise<void> => {
    const seen = await rowsInSight(core, sight, looked)
    found.push(...seen.slice(0, limit - found.length).map(artifactOf))
    looked = []
  }
  for await (const row of eachRow(core.store, artifacts, { index: 'byTrend', eq: [true], back: true })) {
    if (row.trend === 0) break
    if (row.visibility === 'public') looked.push(row)
    if (looked.length >= limit) await look()
    if (found.length >= limit) break
  }
  await look()
  return found
}
