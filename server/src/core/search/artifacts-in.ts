import type { EventRow } from '../ledger/tables.ts'

/** Ids of the artifacts that events are about, each once. */
export function artifactsIn(rows: readonly EventRow[]): readonly string[] {
  return [
    ...new Set(
      rows.flatMap(({ artifact, kind }) =>
        artifact === '' || kind.startsWith('collection.') ? [] : [artifact],
      ),
    ),
  ]
}
