import type { Log, Row, Table } from '../../ports/store/table.ts'

/** Where rows go that nobody has made before. */
export interface RowSink {
  insert<R extends Row>(table: Table<R>, row: R): void
  append<R extends Row>(log: Log<R>, row: R): void
}
