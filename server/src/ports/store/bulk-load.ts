import type { Store } from './store.ts'
import type { Log, Row, Table } from './table.ts'

/**
 * Records that nobody else has open, on their way to hold many more. Disposal before `finish` leaves them as they were, and
 * so does a crash or a power cut.
 */
export interface BulkLoad extends AsyncDisposable {
  /**
   * As every store, but that nothing of what is committed counts before `finish`, and that `find` and `count` may take long:
   * orders are made at the end. Closed by `finish` and by disposal.
   */
  readonly store: Store
  /**
   * Makes a row that is not there, of its own and without a batch, which is much faster. Throws StoreError `permanent` where
   * its key or a unique key is taken: it alone was not made then.
   */
  insert<R extends Row>(table: Table<R>, row: R): void
  append<R extends Row>(log: Log<R>, row: R): void
  /** On return all that was committed is there, and survives a power cut. Throws StoreError: nothing of it is there. */
  finish(): Promise<void>
}
