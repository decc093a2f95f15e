import { batchIdLifetimeMs, batchIdTime } from '../../../ports/store/batch-id.ts'
import type { BatchId, Change, Survives, When } from '../../../ports/store/store.ts'
import { storeLimits } from '../../../ports/store/store.ts'
import type { Row, Value } from '../../../ports/store/table.ts'
import type { Column, Declared, DeclaredLog, DeclaredTable } from './declared.ts'
import { checkKeyBytes } from './key-bytes.ts'
import { refused } from './refuse.ts'
import { sortKey } from './sort-key.ts'
import { keptKey, keptRow, keptValue, valueBytes } from './values.ts'

export interface Condition {
  readonly column: string
  readonly is: 'eq' | 'gte' | 'lte'
  readonly value: Value
}

/** `at`: its index in the caller's list. `id`: the row's primary key as a sort key. */
interface OnRow {
  readonly at: number
  readonly table: string
  readonly id: string
  readonly key: readonly Value[]
}

export type CheckedChange =
  | (OnRow & { readonly do: 'insert'; readonly row: Row })
  | (OnRow & { readonly do: 'put'; readonly row: Row; readonly rev: BatchId })
  | (OnRow & {
      readonly do: 'patch'
      readonly set: readonly (readonly [column: string, value: Value])[]
      readonly add: readonly (readonly [column: string, value: number])[]
      readonly when: readonly Condition[]
    })
  | (OnRow & {
      readonly do: 'remove'
      readonly rev: BatchId | undefined
      readonly when: readonly Condition[]
    })
  | (OnRow & { readonly do: 'check'; readonly rev: BatchId })
  | { readonly do: 'append'; readonly at: number; readonly log: string; readonly row: Row }

export type RowChange = Exclude<CheckedChange, { do: 'append' }>

/** A batch that breaks no rule that can be known without the store's rows. Shares nothing with the caller's objects. */
export interface CheckedBatch {
  readonly id: BatchId
  readonly bytes: number
  /** Removes first, then the rest in the caller's order. */
  readonly changes: readonly CheckedChange[]
  readonly survives: Survives
}

/** Throws `permanent`. */
export function checkedBatch(
  schema: Declared,
  id: BatchId,
  changes: readonly Change[],
  now: number,
  survives: Survives = 'power',
): CheckedBatch {
  checkId(id, now)
  if (changes.length > storeLimits.changesPerBatch) {
    throw refused(`a batch holds at most ${storeLimits.changesPerBatch} changes, not ${changes.length}`)
  }
  const checked = changes.map((change, at) => checkedChange(schema, change, at))
  refuseRowsNamedTwice(checked)
  const bytes = checked.reduce((sum, change) => sum + changeBytes(change), 0)
  if (bytes > storeLimits.bytesPerBatch) {
    throw refused(`a batch holds at most ${storeLimits.bytesPerBatch} bytes, not ${bytes}`)
  }
  const removes: readonly CheckedChange[] = checked.filter((change) => change.do === 'remove')
  const rest = checked.filter((change) => change.do !== 'remove')
  return { id, bytes, changes: [...removes, ...rest], survives }
}

/** What the changes count against `storeLimits.bytesPerBatch`. Throws `permanent` where one is malformed. */
export function batchBytes(schema: Declared, changes: readonly Change[]): number {
  return changes.reduce((sum, change, at) => sum + changeBytes(checkedChange(schema, change, at)), 0)
}

/** An older id may have been forgotten, so that a repeat would be applied twice. */
function checkId(id: BatchId, now: number): void {
  if (typeof id !== 'string' || !/^[0-9a-f]{32}$/.test(id)) throw refused('malformed batch id')
  if (now - batchIdTime(id) > batchIdLifetimeMs) {
    throw refused(
      `batch id ${id} is older than ${batchIdLifetimeMs / 3_600_000} h: read again and take a new one`,
    )
  }
}

function checkedChange(schema: Declared, change: Change, at: number): CheckedChange {
  if (change.do === 'append') {
    const log = tableNamed(schema.logs, 'log', change.log.name)
    return { do: 'append', at, log: log.name, row: keptRow(log, change.row) }
  }
  const table = tableNamed(schema.tables, 'table', change.table?.name)
  switch (change.do) {
    case 'insert': {
      const row = keptRow(table, change.row)
      checkKeyBytes(table, row)
      return { do: 'insert', ...onRow(table, at, keyOf(table, row)), row }
    }
    case 'put': {
      const row = keptRow(table, change.row)
      checkKeyBytes(table, row)
      return { do: 'put', ...onRow(table, at, keyOf(table, row)), row, rev: checkedRev(change.rev) }
    }
    case 'patch': {
      const row = onRow(table, at, keptKey(table.name, table.key, change.key))
      const set = checkedSet(table, change.set ?? {})
      const named = { ...keyRow(table, row.key), ...Object.fromEntries(set) }
      checkKeyBytes(
        table,
        named,
        set.map(([name]) => name),
      )
      const add = checkedAdd(table, change.add ?? {}, change.set ?? {})
      return { do: 'patch', ...row, set, add, when: checkedWhen(table, change.when ?? {}) }
    }
    case 'remove': {
      const rev = Object.hasOwn(change, 'rev') ? checkedRev(change.rev) : undefined
      const row = onRow(table, at, keptKey(table.name, table.key, change.key))
      return { do: 'remove', ...row, rev, when: checkedWhen(table, change.when ?? {}) }
    }
    case 'check': {
      const row = onRow(table, at, keptKey(table.name, table.key, change.key))
      return { do: 'check', ...row, rev: checkedRev(change.rev) }
    }
    default:
      throw refused(`no such change: ${JSON.stringify((change as { do: unknown }).do)}`)
  }
}

export function tableNamed<T extends DeclaredLog>(
  declared: ReadonlyMap<string, T>,
  what: 'table' | 'log',
  name: string,
): T {
  const found = declared.get(name)
  if (found === undefined) throw refused(`the schema has no ${what} ${JSON.stringify(name)}`)
  return found
}

function onRow(table: DeclaredTable, at: number, key: readonly Value[]): OnRow {
  return { at, table: table.name, id: sortKey(table.key, key), key }
}

const keyOf = (table: DeclaredTable, row: Row): readonly Value[] =>
  table.key.map((column) => row[column.name])

const keyRow = (table: DeclaredTable, key: readonly Value[]): Row =>
  Object.fromEntries(table.key.map(({ name }, at) => [name, key[at]]))

/** A guard that is asked for must be there: an absent revision would guard nothing. */
function checkedRev(rev: unknown): BatchId {
  if (typeof rev !== 'string') throw refused('a revision is asked for and not given')
  return rev as BatchId
}

function checkedSet(table: DeclaredTable, set: Row): (readonly [string, Value])[] {
  return Object.entries(set).map(([name, value]) => {
    const column = columnNamed(table, name)
    if (table.key.includes(column))
      throw refused(`${table.name}.${name} is of the primary key: it never changes`)
    return [name, keptValue(table.name, column, value)] as const
  })
}

function checkedAdd(
  table: DeclaredTable,
  add: Readonly<Record<string, number>>,
  set: Row,
): (readonly [string, number])[] {
  return Object.entries(add).map(([name, value]) => {
    const column = columnNamed(table, name)
    const number = column.type === 'integer' || column.type === 'real'
    const ofKey = [table.key, ...table.unique.values()].some((columns) => columns.includes(column))
    if (!number || column.nullable || ofKey) {
      throw refused(`${table.name}.${name} cannot be added to: it is no number, of a key, or may be null`)
    }
    if (Object.hasOwn(set, name)) throw refused(`${table.name}.${name} is both set and added to`)
    return [name, keptValue(table.name, column, value) as number] as const
  })
}

function checkedWhen(table: DeclaredTable, when: When): Condition[] {
  return Object.entries(when).flatMap(([name, bounds]) => {
    const column = columnNamed(table, name)
    return Object.entries(bounds ?? {}).map(([is, value]) => {
      if (is !== 'eq' && is !== 'gte' && is !== 'lte')
        throw refused(`no such condition: ${JSON.stringify(is)}`)
      if (value === null && is !== 'eq')
        throw refused(`${table.name}.${name}: nothing is above or below null`)
      return { column: name, is, value: keptValue(table.name, column, value) } as const
    })
  })
}

function columnNamed(table: DeclaredTable, name: string): Column {
  const column = table.byName.get(name)
  if (column === undefined) throw refused(`${table.name} has no column ${JSON.stringify(name)}`)
  return column
}

function refuseRowsNamedTwice(changes: readonly CheckedChange[]): void {
  const named = new Set<string>()
  for (const change of changes) {
    if (change.do === 'append') continue
    const row = `${change.table}\0${change.id}`
    if (named.has(row)) throw refused(`change ${change.at} names a row of ${change.table} a second time`)
    named.add(row)
  }
}

function changeBytes(change: CheckedChange): number {
  if (change.do === 'append') return rowBytes(change.row)
  const key = change.key.reduce((sum: number, value) => sum + valueBytes(value), 0)
  switch (change.do) {
    case 'insert':
    case 'put':
      return rowBytes(change.row)
    case 'patch':
      return (
        key +
        change.set.reduce((sum, [, value]) => sum + valueBytes(value), 0) +
        change.add.length * 8 +
        conditionBytes(change.when)
      )
    case 'remove':
      return key + conditionBytes(change.when)
    case 'check':
      return key
  }
}

function rowBytes(row: Row): number {
  let sum = 0
  for (const name in row) sum += valueBytes(row[name])
  return sum
}

const conditionBytes = (when: readonly Condition[]): number =>
  when.reduce((sum, condition) => sum + valueBytes(condition.value), 0)
