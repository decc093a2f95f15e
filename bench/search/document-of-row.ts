import type { ArtifactRow } from '../../server/src/core/artifacts/tables.ts'
import { documentOf } from '../../server/src/core/search/make-document.ts'
import type { SearchDocument } from '../../server/src/ports/search/search.ts'

/** Of rows that have no repositories: as if each was where its kind and name say. */
export function documentOfRow(row: ArtifactRow): SearchDocument {
  return documentOf(row, { kind: row.kind, name: row.slug }, { deprecated: false, source: '' })
}
