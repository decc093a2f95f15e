import type { Visibility } from '../../domain/artifact.ts'
import { goesByHome, isInSight } from '../../domain/in-sight.ts'
import type { Sight } from '../../domain/search.ts'
import type { SearchHome } from '../../ports/search/search.ts'
import type { Core } from '../ledger/core.ts'
import { homesOf } from './homes-of.ts'
import type { ArtifactRow } from './tables.ts'

type SeenRow = Pick<
  ArtifactRow,
  'repository' | 'namespace' | 'owner' | 'kind' | 'published' | 'visibility' | 'live'
>

/** Those of the rows, in their order, that are in sight: the same that engines hold against documents. */
export async function rowsInSight<R extends SeenRow>(
  core: Pick<Core, 'store'>,
  sight: Sight,
  rows: readonly R[],
): Promise<readonly R[]> {
  const live = rows.filter((row) => row.live)
  const isHomeAsked = goesByHome(sight)
  const homes = isHomeAsked && live.length > 0 ? await homesOf(core, live) : []
  return live.filter((row, at) => {
    const home = isHomeAsked ? homes[at] : unasked
    const { namespace, owner } = row
    return (
      home !== undefined && isInSight(sight, { ...home, namespace, owner, visibility: visibilityOf(row) })
    )
  })
}

/** Where no clause is about it. */
const unasked: SearchHome = { kind: '', name: '' }

/** What is not published yet is seen as what is private. */
export function visibilityOf({
  published,
  visibility,
}: Pick<ArtifactRow, 'published' | 'visibility'>): Visibility {
  return published ? (visibility as Visibility) : 'private'
}
