import type { BatchId, Change, Key, When } from './store.ts'
import type { Log, Row, Table } from './table.ts'

/** Typed makers of changes: they check a row against its table while the code is written. */
export const insert = <R extends Row>(table: Table<R>, row: R): Change => ({
  do: 'insert',
  table: table as Table,
  row,
})

export const put = <R extends Row>(table: Table<R>, row: R, rev: BatchId): Change => ({
  do: 'put',
  table: table as Table,
  row,
  rev,
})

export interface Patch<R extends Row> {
  readonly set?: Partial<R>
  readonly add?: { readonly [C in keyof R]?: number }
  readonly when?: When<R>
}

export const patch = <R extends Row>(table: Table<R>, key: Key, what: Patch<R>): Change =>
  ({ do: 'patch', table: table as Table, key, ...what }) as Change

export const remove = <R extends Row>(
  table: Table<R>,
  key: Key,
  guard: { readonly rev?: BatchId; readonly when?: When<R> } = {},
): Change => ({ do: 'remove', table: table as Table, key, ...guard }) as Change

export const check = <R extends Row>(table: Table<R>, key: Key, rev: BatchId): Change => ({
  do: 'check',
  table: table as Table,
  key,
  rev,
})

export const append = <R extends Row>(log: Log<R>, row: R): Change => ({ do: 'append', log: log as Log, row })
