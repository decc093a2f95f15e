import { patch, put } from '../../ports/store/change.ts'
import type { Change, Stored, When } from '../../ports/store/store.ts'
import { type ArtifactRow, artifacts } from './tables.ts'

/** What is counted of the use of an artifact. */
type UseColumn = 'downloads' | 'stars' | 'views' | 'trend' | 'lastAccessedAt'

/** What else is said of it. */
export type SaidColumn = Exclude<keyof ArtifactRow, 'id' | 'changes' | UseColumn>

/** The row as it shall be: one state further than what was read. */
export function replaceArtifact(before: Stored<ArtifactRow>, after: ArtifactRow): Change {
  return put(artifacts, { ...after, changes: before.changes + 1 }, before.rev)
}

/** Some of its columns, whatever state it is in: it is one state further by that. */
export function changeArtifact(
  id: string,
  set: Partial<Pick<ArtifactRow, SaidColumn>>,
  when: When<ArtifactRow>,
): Change {
  return patch<ArtifactRow>(artifacts, [id], { set, add: { changes: 1 }, when })
}

/**
 * Uses alone, by which it stays in the state that it is in: of these some may be lost with the power, and an index that has
 * counted them would be ahead of the store.
 */
export function countUses(
  { id, trend }: Stored<ArtifactRow>,
  add: Partial<Pick<ArtifactRow, 'downloads' | 'stars' | 'views'>>,
  set: Pick<ArtifactRow, 'trend' | 'lastAccessedAt'>,
): Change {
  return patch(artifacts, [id], { add, set, when: { trend: { eq: trend } } })
}
