import type { BatchId, Outcome } from '../../../ports/store/store.ts'
import type { RowChange } from '../shared/checked-batch.ts'
import type { KeptRow } from '../shared/kept-row.ts'
import { failedGuard, patched } from '../shared/row-rules.ts'
import type { Clash, MemoryTable } from './memory-table.ts'

export type Failure = Exclude<Outcome, { ok: true }>

/** Makes one change, or answers why not and changes nothing. Pushes to `undo` how it is taken back. Throws `permanent`. */
export function applyChange(
  table: MemoryTable,
  change: RowChange,
  rev: BatchId,
  undo: (() => void)[],
): Failure | undefined {
  if (change.do === 'insert') {
    const row: KeptRow = { ...change.row, rev }
    const clash = table.add(change.id, row)
    if (clash !== undefined) return exists(change, clash)
    undo.push(() => table.drop(change.id, row))
    return undefined
  }
  const before = table.row(change.id)
  if (before === undefined) return { ok: false, change: change.at, why: 'missing' }
  const guard = failedGuard(table.declared, before, change)
  if (guard !== undefined) return { ok: false, change: change.at, why: guard }
  switch (change.do) {
    case 'check':
      return undefined
    case 'remove':
      table.drop(change.id, before)
      undo.push(() => table.add(change.id, before))
      return undefined
    case 'put':
    case 'patch': {
      const after =
        change.do === 'put' ? { ...change.row, rev } : patched(table.declared, before, change, rev)
      const clash = table.replace(change.id, before, after)
      if (clash !== undefined) return exists(change, clash)
      undo.push(() => table.replace(change.id, after, before))
      return undefined
    }
  }
}

function exists(change: RowChange, clash: Clash): Failure {
  return { ok: false, change: change.at, why: 'exists', ...clash }
}
