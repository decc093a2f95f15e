import { type ArtifactRow, artifacts } from '../../../server/src/core/artifacts/tables.ts'
import { type RepositoryRow, repositories } from '../../../server/src/core/content/tables.ts'
import { repositoryRow } from './artifact-row.ts'

/** What searches ask a store for, of artifacts that are in memory. Each has a repository of its own, under its own id. */
export function rowsById(
  rows: Iterable<ArtifactRow>,
): (
  table: unknown,
  keys: readonly (readonly unknown[])[],
) => Promise<(ArtifactRow | RepositoryRow | undefined)[]> {
  const byId = new Map(Array.from(rows, (row) => [row.id, row]))
  return async (table, keys) =>
    keys.map(([id]) => {
      const row = byId.get(String(id))
      if (table === artifacts) return row
      return table === repositories && row !== undefined ? repositoryRow(row) : undefined
    })
}
