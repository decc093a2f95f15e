import type { Row, Value } from '../../../ports/store/table.ts'
import type { Column, DeclaredLog } from './declared.ts'
import { refused } from './refuse.ts'

/** A value as it will be kept: bytes copied, -0 as 0, since no engine tells them apart in the same way. Throws `permanent`. */
export function keptValue(owner: string, column: Column, value: unknown): Value {
  if (value === null) {
    if (column.nullable) return null
    throw refused(`${owner}.${column.name} may not be null`)
  }
  switch (column.type) {
    case 'text':
      if (typeof value !== 'string') break
      if (value.includes('\0')) throw refused(`${owner}.${column.name}: text may not hold NUL`)
      if (!value.isWellFormed()) throw refused(`${owner}.${column.name}: text may not hold a lone surrogate`)
      return value
    case 'integer':
      if (!Number.isSafeInteger(value)) break
      return (value as number) + 0
    case 'real':
      if (!Number.isFinite(value)) break
      return (value as number) + 0
    case 'boolean':
      if (typeof value !== 'boolean') break
      return value
    case 'bytes':
      if (!(value instanceof Uint8Array)) break
      return new Uint8Array(value)
  }
  throw refused(`${owner}.${column.name} is ${column.type}; ${shown(value)} is not`)
}

/** A whole row as it will be kept: every column, and no other. Throws `permanent`. */
export function keptRow(owner: DeclaredLog, row: Row): Row {
  const kept: Row = {}
  for (const column of owner.columns) {
    if (!Object.hasOwn(row, column.name)) throw refused(`${owner.name}.${column.name} is not given`)
    kept[column.name] = keptValue(owner.name, column, row[column.name])
  }
  for (const name of Object.keys(row)) {
    if (!owner.byName.has(name)) throw refused(`${owner.name} has no column ${JSON.stringify(name)}`)
  }
  return kept
}

/** As `keptRow`, the values alone, in the order of the columns. Throws `permanent`. */
export function keptColumns(owner: DeclaredLog, row: Row): Value[] {
  const kept = owner.columns.map((column) => {
    if (!Object.hasOwn(row, column.name)) throw refused(`${owner.name}.${column.name} is not given`)
    return keptValue(owner.name, column, row[column.name])
  })
  const name = Object.keys(row).find((one) => !owner.byName.has(one))
  if (name !== undefined) throw refused(`${owner.name} has no column ${JSON.stringify(name)}`)
  return kept
}

/** A row to be handed out: what is done to it changes nothing kept. */
export function copied(owner: DeclaredLog, row: Row): Row {
  const copy: Row = { ...row }
  for (const { name, type } of owner.columns) {
    if (type === 'bytes' && copy[name] !== null) copy[name] = copy[name].slice()
  }
  return copy
}

/** Values for the first columns of a key or an order, as many as are given. Throws `permanent`. */
export function keptValues(
  owner: string,
  columns: readonly Column[],
  values: readonly unknown[],
): readonly Value[] {
  if (values.length > columns.length) throw refused(`${owner}: more values than columns`)
  return values.map((value, at) => keptValue(owner, columns[at] as Column, value))
}

/** All values of a key. Throws `permanent`. */
export function keptKey(
  owner: string,
  columns: readonly Column[],
  values: readonly unknown[],
): readonly Value[] {
  if (!Array.isArray(values) || values.length !== columns.length) {
    throw refused(`${owner}: the key is (${columns.map((column) => column.name).join(', ')})`)
  }
  return keptValues(owner, columns, values)
}

/** What a value counts against the limit of a batch. */
export function valueBytes(value: Value): number {
  if (typeof value === 'string') return Buffer.byteLength(value)
  if (value instanceof Uint8Array) return value.length
  return 8
}

function shown(value: unknown): string {
  if (typeof value === 'number') return String(value)
  return value === undefined ? 'undefined' : `a value of type ${typeof value}`
}
