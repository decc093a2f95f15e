import type { BatchId } from '../../../ports/store/store.ts'
import type { Row } from '../../../ports/store/table.ts'

/** A kept row. Never changed and never handed out: a change makes another, a read makes a copy. */
export type KeptRow = Readonly<Row> & { readonly rev: BatchId }
