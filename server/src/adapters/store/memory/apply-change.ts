import { StoreError } from '../../../ports/store/errors.ts'
import type { BatchId, Outcome } from '../../../ports/store/store.ts'
import type { Row, Value } from '../../../ports/store/table.ts'
import type { CheckedChange, Condition } from '../shared/checked-batch.ts'
import type { Column, DeclaredTable } from '../shared/declared.ts'
import { sortKey } from '../shared/sort-key.ts'
import type { MemoryRow } from './memory-row.ts'
import type { Clash, MemoryTable } from './memory-table.ts'

type RowChange = Exclude<CheckedChange, { do: 'append' }>
export type Failure = Exclude<Outcome, { ok: true }>

/** Makes one change, or answers why not and changes nothing. Pushes to `undo` how it is taken back. Throws `permanent`. */
export function applyChange(
  table: MemoryTable,
  change: RowChange,
  rev: BatchId,
  undo: (() => void)[],
): Failure | undefined {
  if (change.do === 'insert') {
    const row: MemoryRow = { ...change.row, rev }
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

function failedGuard(
  table: DeclaredTable,
  row: MemoryRow,
  change: Exclude<RowChange, { do: 'insert' }>,
): 'rev' | 'when' | undefined {
  if (change.do !== 'patch' && change.rev !== undefined && change.rev !== row.rev) return 'rev'
  if (change.do !== 'patch' && change.do !== 'remove') return undefined
  return change.when.every((condition) => holds(table, row, condition)) ? undefined : 'when'
}

function holds(table: DeclaredTable, row: MemoryRow, condition: Condition): boolean {
  const value: Value = row[condition.column]
  if (value === null || condition.value === null) return condition.is === 'eq' && value === condition.value
  const column = [table.byName.get(condition.column) as Column]
  const here = sortKey(column, [value])
  const there = sortKey(column, [condition.value])
  switch (condition.is) {
    case 'eq':
      return here === there
    case 'gte':
      return here >= there
    case 'lte':
      return here <= there
  }
}

function patched(
  table: DeclaredTable,
  before: MemoryRow,
  change: Extract<RowChange, { do: 'patch' }>,
  rev: BatchId,
): MemoryRow {
  const after: Row & { rev: BatchId } = { ...before, rev }
  for (const [name, value] of change.set) after[name] = value
  for (const [name, value] of change.add) after[name] = sum(table, name, before[name], value)
  return after
}

function sum(table: DeclaredTable, column: string, one: number, other: number): number {
  const total = one + other
  const fits =
    table.byName.get(column)?.type === 'integer' ? Number.isSafeInteger(total) : Number.isFinite(total)
  if (!fits) throw new StoreError('permanent', `${table.name}.${column}: ${one} + ${other} is out of range`)
  return total
}
