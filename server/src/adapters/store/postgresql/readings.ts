import type { Find, Key, Page, RowParts, Stored, UniqueKey } from '../../../ports/store/store.ts'
import { storeLimits } from '../../../ports/store/store.ts'
import type { Row, Value } from '../../../ports/store/table.ts'
import { checkedCount, checkedFind } from '../shared/checked-query.ts'
import { cursorAfter } from '../shared/cursor.ts'
import { type Column, columnsNamed, type DeclaredLog, type DeclaredTable } from '../shared/declared.ts'
import { refused } from '../shared/refuse.ts'
import { keptKey } from '../shared/values.ts'
import { countSql, manyRowsSql, pageSql, rowSql } from './select-sql.ts'
import { type SqlValue, toSql } from './sql-values.ts'
import type { Reading, SqlRow } from './statement.ts'

/** By primary key, or by a unique key that the table declares. Throws `permanent`. */
export function rowReading<R extends Row>(
  table: DeclaredTable,
  key: Key | UniqueKey,
): Reading<Stored<R> | undefined> {
  const [by, values] = Array.isArray(key) ? [table.key, key] : uniqueKey(table, key as UniqueKey)
  return {
    sql: textOnce(rowSqls, by, () => rowSql(table, by)),
    values: keptKey(table.name, by, values).map(toSql),
    answer: ([found]) => (found === undefined ? undefined : (rowOf(table, found) as Stored<R>)),
  }
}

/** Throws `permanent`. */
export function manyReading<R extends Row>(
  table: DeclaredTable,
  keys: readonly Key[],
): Reading<(Stored<R> | undefined)[]> {
  const sql = textOnce(manySqls, table.key, () => manyRowsSql(table))
  return keysReading(table, keys, { sql, rowIn: (values) => rowOf(table, values) as Stored<R> })
}

/** Some columns of each row. Throws `permanent`. */
export function partsReading<R extends Row, C extends keyof R>(
  table: DeclaredTable,
  keys: readonly Key[],
  names: readonly C[],
): Reading<(RowParts<R, C> | undefined)[]> {
  const columns = columnsNamed(table, names as readonly string[])
  const rowIn = (values: SqlRow): RowParts<R, C> =>
    Object.assign(columnsOf({ columns }, values), { rev: values[columns.length] }) as RowParts<R, C>
  return keysReading(table, keys, { sql: manyRowsSql(table, columns), rowIn })
}

function keysReading<T>(
  table: DeclaredTable,
  keys: readonly Key[],
  { sql, rowIn }: { readonly sql: string; readonly rowIn: (values: SqlRow) => T },
): Reading<(T | undefined)[]> {
  const most = storeLimits.keysPerGetMany
  if (keys.length > most) throw refused(`getMany takes at most ${most} keys, not ${keys.length}`)
  const kept = keys.map((key) => keptKey(table.name, table.key, key))
  const lists = table.key.map((_, column): SqlValue => kept.map((key) => toSql(key[column] as Value)))
  return {
    sql,
    values: lists,
    answer: (found) => {
      const rows: (T | undefined)[] = Array(keys.length).fill(undefined)
      for (const [place, ...values] of found) rows[Number(place) - 1] = rowIn(values)
      return rows
    },
  }
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

/** The text of a statement is what it is kept by: made once, it is also compared quickly. */
const rowSqls = new WeakMap<readonly Column[], string>()
const manySqls = new WeakMap<readonly Column[], string>()

export function textOnce<K extends object>(texts: WeakMap<K, string>, owner: K, make: () => string): string {
  const known = texts.get(owner)
  if (known !== undefined) return known
  const text = make()
  texts.set(owner, text)
  return text
}

function uniqueKey(
  table: DeclaredTable,
  { unique, values }: UniqueKey,
): readonly [readonly Column[], readonly Value[]] {
  const columns = table.unique.get(unique)
  if (columns === undefined) throw refused(`table ${table.name} has no unique key ${JSON.stringify(unique)}`)
  return [columns, values]
}

/** The row of values in the order of the columns, its revision behind them. */
export function rowOf(table: DeclaredTable, values: SqlRow): Row {
  return Object.assign(columnsOf(table, values), { rev: values[table.columns.length] })
}

export function columnsOf({ columns }: Pick<DeclaredLog, 'columns'>, values: SqlRow): Row {
  const row: Row = {}
  columns.forEach(({ name }, at) => {
    row[name] = values[at] ?? null
  })
  return row
}
