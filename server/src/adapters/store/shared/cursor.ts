import type { Cursor } from '../../../ports/store/store.ts'
import type { Row, Value } from '../../../ports/store/table.ts'
import type { Column } from './declared.ts'
import { refused } from './refuse.ts'

/** What a cursor is good for. */
export interface CursorScope {
  readonly table: string
  readonly index: string
  readonly back: boolean
}

/** The place after `row`: the values that `rest`, the columns behind the equality prefix, have in it. */
export function cursorAfter(row: Row, rest: readonly Column[], scope: CursorScope): Cursor {
  const values = rest.map((column) => {
    const value: Value = row[column.name]
    return value instanceof Uint8Array ? { bytes: Buffer.from(value).toString('base64') } : value
  })
  const text = JSON.stringify([scope.table, scope.index, scope.back, ...values])
  return Buffer.from(text).toString('base64url') as Cursor
}

/** The values in a cursor of this scope; their types are not yet checked. Throws `permanent`. */
export function readCursor(cursor: Cursor, scope: CursorScope): readonly unknown[] {
  const [table, index, back, ...values] = parsed(cursor)
  if (table !== scope.table || index !== scope.index || back !== scope.back) {
    throw refused('the cursor is of another query')
  }
  return values.map((value) => {
    const bytes = (value as { bytes?: unknown } | null)?.bytes
    return typeof bytes === 'string' ? new Uint8Array(Buffer.from(bytes, 'base64')) : value
  })
}

function parsed(cursor: Cursor): readonly unknown[] {
  try {
    const list: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (Array.isArray(list)) return list
  } catch {
    // Answered below, like JSON that is no list.
  }
  throw refused('malformed cursor')
}
