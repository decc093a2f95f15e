import { storeLimits } from '../../../ports/store/store.ts'
import type { Row } from '../../../ports/store/table.ts'
import type { Column, DeclaredTable } from './declared.ts'
import { refused } from './refuse.ts'
import { valueBytes } from './values.ts'

interface Ordering {
  readonly name: string
  readonly columns: readonly Column[]
}

interface Orderings {
  readonly all: readonly Ordering[]
  /** The columns of all of them, each once. */
  readonly columns: readonly Column[]
}

const seen = new WeakMap<DeclaredTable, Orderings>()

/**
 * Of every key and order of the table, what the row has for it. `changed`: of a part of a row, the columns that are not as they
 * were; an order of none of them is none of its business. Throws `permanent`.
 */
export function checkKeyBytes(table: DeclaredTable, row: Row, changed?: readonly string[]): void {
  const { all, columns } = orderingsOf(table)
  // Nearly every row is short enough with all of them together.
  if (bytesOf(columns, row) <= storeLimits.bytesPerKey) return
  for (const { name, columns: ordered } of all) {
    if (changed !== undefined && !ordered.some((column) => changed.includes(column.name))) continue
    const bytes = bytesOf(ordered, row)
    if (bytes <= storeLimits.bytesPerKey) continue
    throw refused(
      `${table.name}: the values of ${name} (${ordered.map((column) => column.name).join(', ')}) hold at most ${storeLimits.bytesPerKey} bytes together, not ${bytes}`,
    )
  }
}

function bytesOf(columns: readonly Column[], row: Row): number {
  let sum = 0
  for (const { name } of columns) if (Object.hasOwn(row, name)) sum += valueBytes(row[name])
  return sum
}

function orderingsOf(table: DeclaredTable): Orderings {
  const known = seen.get(table)
  if (known !== undefined) return known
  const all = [...table.indexes, ...table.unique].map(([name, columns]) => ({ name, columns }))
  const fresh = { all, columns: [...new Set(all.flatMap(({ columns }) => columns))] }
  seen.set(table, fresh)
  return fresh
}
