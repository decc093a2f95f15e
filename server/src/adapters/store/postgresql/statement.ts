import type { QueryArrayConfig } from 'pg'
import type { SqlValue } from './sql-values.ts'

/** A statement's text and what it binds. */
export interface Statement {
  readonly sql: string
  readonly values: readonly SqlValue[]
}

export type SqlRow = readonly unknown[]

/** A statement that asks for rows, and what they answer. */
export interface Reading<T> extends Statement {
  answer(found: readonly SqlRow[]): T
}

/** Each connection keeps what it has prepared; use cases have few shapes, and this bounds those that have many. */
const keptNames = 1000
const names = new Map<string, string>()

/** As the driver wants it: prepared once on each connection, rows as arrays. */
export function queryOf({ sql, values }: Statement, answerMs?: number): QueryArrayConfig<SqlValue[]> {
  const name = nameOf(sql)
  return {
    text: sql,
    values: values as SqlValue[],
    rowMode: 'array',
    ...(name !== undefined && { name }),
    ...(answerMs !== undefined && { query_timeout: answerMs }),
  } as QueryArrayConfig<SqlValue[]>
}

function nameOf(sql: string): string | undefined {
  const known = names.get(sql)
  if (known !== undefined) return known
  if (names.size >= keptNames) return undefined
  const name = `lading_${names.size + 1}`
  names.set(sql, name)
  return name
}
