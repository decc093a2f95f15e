import { Binary, Double, Long } from 'mongodb'
import { StoreError } from '../../../ports/store/errors.ts'
import type { BatchId } from '../../../ports/store/store.ts'
import type { Row, Value } from '../../../ports/store/table.ts'
import type { Column, DeclaredLog, DeclaredTable } from '../shared/declared.ts'
import type { KeptRow } from '../shared/kept-row.ts'
import { sortTextOf } from './sort-text.ts'

/**
 * A row: its columns by their names, its revision, its primary key as one string, and in `_by` what it sorts by in each
 * index and is found by with each unique key. No column begins with `_`.
 */
export interface RowDocument {
  readonly _id: string
  readonly rev: string
  readonly _by?: Readonly<Record<string, string>>
  /** How often a batch has only checked it since it was written. */
  readonly _checks?: number
  readonly [column: string]: unknown
}

export function documentOf(table: DeclaredTable, row: KeptRow): RowDocument {
  const columns = table.columns.map((column) => [column.name, toBson(column, row[column.name])] as const)
  return {
    ...Object.fromEntries(columns),
    _id: sortTextOf(table.key, row),
    rev: row.rev,
    _by: Object.fromEntries(placesOf(table, row)),
  }
}

/** By name, what the row is found by in each unique key and index. */
export function placesOf(table: DeclaredTable, row: Row): (readonly [name: string, text: string])[] {
  return [...table.unique, ...table.indexes]
    .filter(([name]) => name !== 'key')
    .map(([name, columns]) => [name, sortTextOf(columns, row)])
}

/** A row of the caller's own. Throws `permanent` where the document is not one that the engine has written. */
export function rowOf(table: DeclaredTable, document: RowDocument): KeptRow {
  const { rev } = document
  if (typeof rev !== 'string') throw spoilt(table, document._id, 'rev')
  return { ...columnsOf(table, document), rev: rev as BatchId }
}

export function columnsOf(owner: DeclaredLog, document: Readonly<Record<string, unknown>>): Row {
  const row: Row = {}
  for (const column of owner.columns) {
    const value = fromBson(column, document[column.name])
    if (value === undefined) throw spoilt(owner, document['_id'], column.name)
    row[column.name] = value
  }
  return row
}

export function toBson(column: Column, value: Value): unknown {
  if (value === null) return null
  switch (column.type) {
    case 'integer':
      return Long.fromNumber(value as number)
    case 'real':
      return new Double(value as number)
    case 'bytes':
      return new Binary(value as Uint8Array)
    case 'text':
    case 'boolean':
      return value
  }
}

const types = { text: 'string', integer: 'number', real: 'number', boolean: 'boolean' } as const

/** undefined: no value of this column. */
function fromBson({ type, nullable }: Column, value: unknown): Value | undefined {
  if (value === null) return nullable ? null : undefined
  if (type === 'bytes') return value instanceof Binary ? new Uint8Array(value.value()) : undefined
  return typeof value === types[type] ? (value as Value) : undefined
}

function spoilt(owner: DeclaredLog, id: unknown, field: string): StoreError {
  return new StoreError(
    'permanent',
    `${owner.name}: the document ${JSON.stringify(id)} was not written by Lading: ${field} is not what it should be`,
  )
}
