import type { Find, Key, Page, Position, RowParts, Stored, UniqueKey } from '../../../ports/store/store.ts'
import { storeLimits } from '../../../ports/store/store.ts'
import type { Row, Value } from '../../../ports/store/table.ts'
import { checkedCount, checkedFind, checkedLimit, checkedPosition } from '../shared/checked-query.ts'
import { cursorAfter } from '../shared/cursor.ts'
import { type Column, columnsNamed, type DeclaredLog, type DeclaredTable } from '../shared/declared.ts'
import { refused } from '../shared/refuse.ts'
import { keptKey } from '../shared/values.ts'
import { countSql, lastSql, pageSql, partsSql, rowSql, tailSql } from './select-sql.ts'
import { fromSql, type SqlValue, toSql } from './table-sql.ts'

type SqlRow = readonly SqlValue[]

/** A statement that asks for rows, and what they answer. */
export interface Reading<T> {
  readonly sql: string
  readonly values: readonly SqlValue[]
  answer(found: readonly SqlRow[]): T
}

/** By primary key, or by a unique key that the table declares. Throws `permanent`. */
export function rowReading<R extends Row>(
  table: DeclaredTable,
  key: Key | UniqueKey,
): Omit<Reading<never>, 'answer'> & { answer(found: SqlRow | undefined): Stored<R> | undefined } {
  const [by, values] = Array.isArray(key) ? [table.key, key] : uniqueKey(table, key as UniqueKey)
  return {
    sql: wholeRowSql(table, by),
    values: keptKey(table.name, by, values).map(toSql),
    answer: (found) => (found === undefined ? undefined : (rowOf(table, found) as Stored<R>)),
  }
}

/** Keys of one statement: their number is always the same, since statements are kept by their text. */
const keysAtOnce = 50

/** Some columns of rows. A statement for many keys takes half of what one for each does. Throws `permanent`. */
export function partsReading<R extends Row, C extends keyof R>(
  table: DeclaredTable,
  keys: readonly Key[],
  names: readonly C[],
): (
  ask: (sql: string, values: readonly SqlValue[]) => Promise<readonly SqlRow[]>,
) => Promise<(RowParts<R, C> | undefined)[]> {
  refuseTooManyKeys(keys)
  const columns = columnsNamed(table, names as readonly string[])
  const asked = keys.map((key) => keptKey(table.name, table.key, key).map(toSql))
  const sql = partsSql(table, columns, keysAtOnce)
  const own = table.key.length
  const nameOf = (key: readonly SqlValue[]): SqlValue => (own === 1 ? (key[0] ?? null) : JSON.stringify(key))
  return async (ask) => {
    const found = new Map<SqlValue, RowParts<R, C>>()
    const times = Math.ceil(asked.length / keysAtOnce)
    const answers = Array.from({ length: times }, async (_, time) => {
      const some = asked.slice(time * keysAtOnce, (time + 1) * keysAtOnce)
      const filled = some.concat(Array(keysAtOnce - some.length).fill(some[0]))
      return await ask(sql, filled.flat())
    })
    for (const values of (await Promise.all(answers)).flat()) {
      const row = Object.assign(logRow(columns, values.slice(own)), { rev: values.at(-1) })
      found.set(nameOf(values.slice(0, own)), row as RowParts<R, C>)
    }
    return asked.map((key) => found.get(nameOf(key)))
  }
}

/** Throws `permanent`. */
export function refuseTooManyKeys(keys: readonly Key[]): void {
  const most = storeLimits.keysPerGetMany
  if (keys.length > most) throw refused(`getMany takes at most ${most} keys, not ${keys.length}`)
}

/** Throws `permanent`. */
export function pageReading<R extends Row>(table: DeclaredTable, query: Find): Reading<Page<R>> {
  const { order, eq, rest, bounds, back, limit } = checkedFind(table, query)
  return {
    sql: pageSql(table, { order, eq: eq.length, bounds: bounds.map((bound) => bound.length), back }),
    values: [...eq, ...bounds.flat()].map(toSql).concat(limit + 1),
    answer: (found) => {
      const rows = found.slice(0, limit).map((columns) => rowOf(table, columns) as Stored<R>)
      const last = rows.at(-1)
      if (last === undefined || found.length <= limit) return { rows }
      return { rows, next: cursorAfter(last, rest, { table: table.name, index: query.index, back }) }
    },
  }
}

/** Throws `permanent`. */
export function countReading(
  table: DeclaredTable,
  query: { readonly index: string; readonly eq?: readonly Value[]; readonly upTo: number },
): Reading<number> {
  const { order, eq, upTo } = checkedCount(table, query)
  return {
    sql: countSql(table, order.slice(0, eq.length)),
    values: [...eq.map(toSql), upTo],
    answer: ([row]) => Number(row?.[0]),
  }
}

/** Throws `permanent`. */
export function tailReading<R extends Row>(
  log: DeclaredLog,
  after: Position | undefined,
  limit: number,
): Reading<{ readonly entries: { readonly at: Position; readonly row: R }[] }> {
  return {
    sql: tailSql(log),
    values: [checkedPosition(after), checkedLimit(limit)],
    answer: (found) => ({
      entries: found.map(([at, ...columns]) => ({
        at: String(at) as Position,
        row: logRow(log.columns, columns) as R,
      })),
    }),
  }
}

/** Throws `permanent`. */
export function lastReading(log: DeclaredLog): Reading<Position | undefined> {
  return {
    sql: lastSql(log),
    values: [],
    answer: ([row]) => (typeof row?.[0] === 'number' ? (String(row[0]) as Position) : undefined),
  }
}

/** The text of a statement is what it is kept by: made once, it is also compared quickly. */
const wholeRowSqls = new WeakMap<readonly Column[], string>()

function wholeRowSql(table: DeclaredTable, by: readonly Column[]): string {
  const known = wholeRowSqls.get(by)
  if (known !== undefined) return known
  const sql = rowSql(table, by)
  wholeRowSqls.set(by, sql)
  return sql
}

function uniqueKey(
  table: DeclaredTable,
  { unique, values }: UniqueKey,
): readonly [readonly Column[], readonly Value[]] {
  const columns = table.unique.get(unique)
  if (columns === undefined) throw refused(`table ${table.name} has no unique key ${JSON.stringify(unique)}`)
  return [columns, values]
}

function rowOf(table: DeclaredTable, values: SqlRow): Row {
  return Object.assign(logRow(table.columns, values), { rev: values[table.columns.length] })
}

function logRow(columns: readonly Column[], values: SqlRow): Row {
  const row: Row = {}
  columns.forEach(({ name, type }, at) => {
    row[name] = fromSql(type, values[at] ?? null)
  })
  return row
}
