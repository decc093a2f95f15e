import type { RowParts } from '../../ports/store/store.ts'
import type { ArtifactRow } from '../artifacts/tables.ts'

/** What has to be known of all that an index names: who sees it, and by what it is ranked. */
export const foundColumns = [
  'id',
  'repository',
  'kind',
  'namespace',
  'owner',
  'visibility',
  'live',
  'published',
  'version',
  'downloads',
  'stars',
  'createdAt',
  'updatedAt',
  'publishedAt',
] as const
export type FoundRow = RowParts<ArtifactRow, (typeof foundColumns)[number]>
