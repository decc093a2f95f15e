// The package `lading/engine`: what the engines of Lading's own are made of, for whoever writes another store.
import './needed-node.ts'

export {
  type CheckedBatch,
  type CheckedChange,
  type Condition,
  checkedBatch,
  type RowChange,
  tableNamed,
} from '../adapters/store/shared/checked-batch.ts'
export {
  type CheckedFind,
  checkedCount,
  checkedLimit,
  checkedPosition,
} from '../adapters/store/shared/checked-query.ts'
export {
  type Column,
  type Declared,
  type DeclaredLog,
  type DeclaredTable,
  declared,
} from '../adapters/store/shared/declared.ts'
export type { KeptRow } from '../adapters/store/shared/kept-row.ts'
export { OrderedIndex, type Places } from '../adapters/store/shared/ordered-index.ts'
export { readPage } from '../adapters/store/shared/read-page.ts'
export { closedStore, refused } from '../adapters/store/shared/refuse.ts'
export { failedGuard, patched } from '../adapters/store/shared/row-rules.ts'
export { sortKey, sortKeyOf } from '../adapters/store/shared/sort-key.ts'
export { copied, keptKey } from '../adapters/store/shared/values.ts'
