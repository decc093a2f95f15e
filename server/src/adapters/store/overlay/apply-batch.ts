import type { BatchId, Outcome } from '../../../ports/store/store.ts'
import type { CheckedBatch, RowChange } from '../shared/checked-batch.ts'
import type { KeptRow } from '../shared/kept-row.ts'
import { sortKeyOf } from '../shared/sort-key.ts'
import type { BaseFacts } from './base-facts.ts'
import type { OverlayTable } from './overlay-table.ts'
import { changedEntry, freshEntry, type RowEntry } from './row-entry.ts'

type TableNamed = (name: string) => OverlayTable

/**
 * Makes a batch's changes of rows, or answers which failed and changes nothing. Undefined where `facts` were incomplete:
 * nothing was changed, and they are to be loaded. Runs to its end without a pause. Throws `permanent`.
 */
export function applyBatch(
  tableNamed: TableNamed,
  batch: CheckedBatch,
  facts: BaseFacts,
): Outcome | undefined {
  const changes = batch.changes.filter((change) => change.do !== 'append')
  for (const change of changes) entryOf(tableNamed(change.table), change, facts)
  if (facts.incomplete) return undefined
  const undo: (() => void)[] = []
  const takeBack = (): void => {
    for (const step of undo.reverse()) step()
  }
  try {
    const outcome = applyAll(tableNamed, changes, batch.id, facts, undo)
    if (facts.incomplete || !outcome.ok) takeBack()
    return facts.incomplete ? undefined : outcome
  } catch (error) {
    takeBack()
    // With more facts, a change before this one may be what fails.
    if (facts.incomplete) return undefined
    throw error
  }
}

function applyAll(
  tableNamed: TableNamed,
  changes: readonly RowChange[],
  rev: BatchId,
  facts: BaseFacts,
  undo: (() => void)[],
): Outcome {
  for (const change of changes) {
    const table = tableNamed(change.table)
    const before = table.entry(change.id)
    const entry = entryOf(table, change, facts)
    const after = changedEntry(table.declared, entry, change, rev)
    if (typeof after === 'string') return { ok: false, change: change.at, why: after }
    const uniqueKey = after.now && takeKeys(table, change.id, entry.now, after.now, facts, undo)
    if (uniqueKey !== undefined) return { ok: false, change: change.at, why: 'exists', uniqueKey }
    table.set(change.id, after)
    undo.push(() => table.set(change.id, before))
  }
  return { ok: true }
}

function entryOf(table: OverlayTable, change: RowChange, facts: BaseFacts): RowEntry {
  return table.entry(change.id) ?? freshEntry(change.key, facts.row(table, change.id, change.key))
}

/** Notes which unique keys `after` takes anew, or answers the name of one that another row has. */
function takeKeys(
  table: OverlayTable,
  id: string,
  before: KeptRow | undefined,
  after: KeptRow,
  facts: BaseFacts,
  undo: (() => void)[],
): string | undefined {
  for (const [unique, columns] of table.declared.unique) {
    const at = sortKeyOf(columns, after)
    if (before !== undefined && sortKeyOf(columns, before) === at) continue
    if (table.holder(unique, at) !== undefined) return unique
    // Found free, it is free for the transaction: whether it still was is told when that is flushed.
    if (table.isFree(unique, at)) continue
    const values = columns.map((column) => after[column.name])
    const holder = facts.holder(table, unique, at, values)
    if (holder === undefined) undo.push(table.noteFree({ unique, values }, at))
    else if (holder !== id && table.entry(holder) === undefined) return unique
  }
  return undefined
}
