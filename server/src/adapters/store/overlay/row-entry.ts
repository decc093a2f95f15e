import type { BatchId, Key } from '../../../ports/store/store.ts'
import type { RowChange } from '../shared/checked-batch.ts'
import type { DeclaredTable } from '../shared/declared.ts'
import type { KeptRow } from '../shared/kept-row.ts'
import { failedGuard, patched } from '../shared/row-rules.ts'
import { type BlindPatch, joined, untouched } from './blind-patch.ts'

/** One row as a transaction knows it. Never changed: a change makes another. */
export interface RowEntry {
  readonly key: Key
  /** As the base had it when the transaction came to know it; undefined: it had none. */
  readonly base: KeptRow | undefined
  /** As the transaction sees it. The same object as `base` where it has changed nothing. */
  readonly now: KeptRow | undefined
  /** What the transaction does rests on `base`: the base must still have just that when it is flushed. */
  readonly guarded: boolean
  /** What comes of the changes where nothing is guarded. With a removal, `when` alone counts. */
  readonly blind: BlindPatch
}

export function freshEntry(key: Key, base: KeptRow | undefined): RowEntry {
  return { key, base, now: base, guarded: false, blind: untouched }
}

/** The row after one change, or the guard that it fails. Says nothing of unique keys. Throws `permanent`. */
export function changedEntry(
  table: DeclaredTable,
  entry: RowEntry,
  change: RowChange,
  rev: BatchId,
): RowEntry | 'exists' | 'missing' | 'rev' | 'when' {
  const { now } = entry
  if (change.do === 'insert') {
    if (now !== undefined) return 'exists'
    // Where the base has the row, it was removed before: what is left of both is a put.
    return { ...entry, now: { ...change.row, rev }, guarded: entry.guarded || entry.base !== undefined }
  }
  if (now === undefined) return 'missing'
  const failed = failedGuard(table, now, change)
  if (failed !== undefined) return failed
  switch (change.do) {
    case 'check':
      return { ...entry, guarded: true }
    case 'put':
      return { ...entry, now: { ...change.row, rev }, guarded: true }
    case 'remove': {
      // A row of the transaction's own leaves nothing to be written, and still rests on the absence that its insert found.
      const guarded = entry.guarded || change.rev !== undefined || entry.base === undefined
      return withBlind(table, { ...entry, now: undefined, guarded }, { set: [], add: [], when: change.when })
    }
    case 'patch':
      return withBlind(table, { ...entry, now: patched(table, now, change, rev) }, change)
  }
}

function withBlind(table: DeclaredTable, entry: RowEntry, change: Parameters<typeof joined>[2]): RowEntry {
  const blind = joined(table, entry.blind, change)
  return blind === undefined ? { ...entry, guarded: true } : { ...entry, blind }
}
