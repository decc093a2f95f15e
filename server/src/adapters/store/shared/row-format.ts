import type { BaseType, Column, Declared, DeclaredLog } from './declared.ts'

/**
 * Records as bytes that no engine's own files are: whoever writes this format, whoever reads it has them.
 *
 * `LADROWS1`, the length of the head in 4 bytes, the head (`RowsHead`) as JSON, the rows of each part in its order, and the
 * SHA-256 of all that. Rows of a table stand in the order of its primary key, those of a log in that of the log. A row is the
 * values of its columns; of a table, its `rev` behind them. Where a column may be null, a byte says whether there is a value,
 * 0 or 1. An integer is 8 bytes with a sign, a real 8 bytes of IEEE 754, a boolean a byte, text (UTF-8) and bytes their
 * length in 4 bytes and themselves. Numbers have their highest byte first.
 */
export const rowsFormat = 'lading-rows-1'
export const rowsMagic = 'LADROWS1'
export const digestBytes = 32

export interface RowsHead {
  readonly format: typeof rowsFormat
  /** Of the schema. */
  readonly version: number
  readonly parts: readonly RowsPart[]
}

export interface RowsPart {
  readonly name: string
  readonly is: 'table' | 'log'
  readonly columns: Readonly<Record<string, BaseType | `${BaseType}?`>>
  readonly rows: number
}

const revision: Column = { name: 'rev', type: 'text', nullable: false }

export type PartShape = Pick<RowsPart, 'name' | 'is'> & { readonly columns: readonly Column[] }

/** What a schema's records consist of, in the order in which they are written. */
export function partsOf({ tables, logs }: Declared): readonly PartShape[] {
  const shape = (is: PartShape['is'], { name, columns }: DeclaredLog): PartShape => ({
    name,
    is,
    columns: is === 'table' ? [...columns, revision] : columns,
  })
  return [
    ...Array.from(tables.values(), (table) => shape('table', table)),
    ...Array.from(logs.values(), (log) => shape('log', log)),
  ]
}

export function headPart({ name, is, columns }: PartShape, rows: number): RowsPart {
  const types = columns.map(
    (column) => [column.name, column.nullable ? (`${column.type}?` as const) : column.type] as const,
  )
  return { name, is, columns: Object.fromEntries(types), rows }
}

export function headBytes(head: RowsHead): Buffer {
  const text = Buffer.from(JSON.stringify(head))
  const length = Buffer.alloc(4)
  length.writeUInt32BE(text.length)
  return Buffer.concat([Buffer.from(rowsMagic), length, text])
}

/** What a value of a column takes beside the bytes of a text or of bytes. */
export const fixedBytes: Readonly<Record<BaseType, number>> = {
  text: 4,
  bytes: 4,
  integer: 8,
  real: 8,
  boolean: 1,
}
