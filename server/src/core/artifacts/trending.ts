import type { Artifact } from '../../domain/artifact.ts'
import type { Core } from '../ledger/core.ts'
import { eachRow } from '../ledger/each-row.ts'
import { artifactOf } from './artifact-rows.ts'
import { artifacts } from './tables.ts'

/**
 * The public artifacts that most is done with lately: see `trend.ts` for what counts how much. Those that nothing was ever
 * done with are not among them.
 */
export async function trending(core: Core, limit: number): Promise<readonly Artifact[]> {
  const found: Artifact[] = []
  for await (const row of eachRow(core.store, artifacts, { index: 'byTrend', eq: [true], back: true })) {
    if (found.length >= limit || row.trend === 0) break
    if (row.visibility === 'public') found.push(artifactOf(row))
  }
  return found
}
