import { StoreError } from '../../../ports/store/errors.ts'
import type { BatchId } from '../../../ports/store/store.ts'
import type { Row, Value } from '../../../ports/store/table.ts'
import type { Condition, RowChange } from './checked-batch.ts'
import type { Column, DeclaredTable } from './declared.ts'
import type { KeptRow } from './kept-row.ts'
import { sortKey } from './sort-key.ts'

/** Which guard of the change the row fails, if any. */
export function failedGuard(
  table: DeclaredTable,
  row: KeptRow,
  change: Exclude<RowChange, { do: 'insert' }>,
): 'rev' | 'when' | undefined {
  if (change.do !== 'patch' && change.rev !== undefined && change.rev !== row.rev) return 'rev'
  if (change.do !== 'patch' && change.do !== 'remove') return undefined
  return change.when.every((condition) => holds(table, row, condition)) ? undefined : 'when'
}

function holds(table: DeclaredTable, row: KeptRow, condition: Condition): boolean {
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

/** The row after the change, at its new revision. Throws `permanent` where a sum leaves its column's range. */
export function patched(
  table: DeclaredTable,
  before: KeptRow,
  change: Extract<RowChange, { do: 'patch' }>,
  rev: BatchId,
): KeptRow {
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
