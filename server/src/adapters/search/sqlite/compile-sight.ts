import type { Sight, SightClause } from '../../../domain/search.ts'
import { searchFacets } from '../../../domain/search.ts'
import { type Columns, isThere } from './columns.ts'
import { homeKindColumn, ownerColumn } from './labels.ts'
import { visibilities } from './packed-document.ts'

export type RowTest = (row: number) => boolean

/** Every row. */
export const always: RowTest = () => true

/** Which rows are in sight, of those that there are. */
export function compileSight(columns: Columns, sight: Sight): RowTest {
  const clauses = sight.map((clause) => compileClause(columns, clause).reduce(both, always))
  if (clauses.includes(always)) return always
  return clauses.reduce(either, () => false)
}

/** Rows that there are, and are in sight. */
export function rowsInSight(columns: Columns, rows: Uint32Array, sight: Sight): Uint32Array {
  const isInSight = compileSight(columns, sight)
  const { flags } = columns
  const seen = new Uint32Array(rows.length)
  let found = 0
  for (const row of rows) if (((flags[row] ?? 0) & isThere) !== 0 && isInSight(row)) seen[found++] = row
  return seen.subarray(0, found)
}

/** How many of the rows there are, and are in sight, up to `most`. */
export function countInSight(
  { flags }: Columns,
  { rows, isInSight }: { readonly rows: Uint32Array; readonly isInSight: RowTest },
  most: number,
): number {
  let found = 0
  for (const row of rows) if (((flags[row] ?? 0) & isThere) !== 0 && isInSight(row) && ++found >= most) break
  return found
}

function both(one: RowTest, other: RowTest): RowTest {
  return one === always ? other : (row) => one(row) && other(row)
}

function either(one: RowTest, other: RowTest, at: number): RowTest {
  return at === 0 ? other : (row) => one(row) || other(row)
}

function compileClause(columns: Columns, clause: SightClause): readonly RowTest[] {
  const tests: RowTest[] = []
  const { visibility, owner } = columns
  if (clause.visibilities !== undefined) {
    const flags = Uint8Array.from(visibilities, (one) => Number(clause.visibilities?.includes(one)))
    tests.push((row) => flags[visibility[row] ?? 0] === 1)
  }
  if (clause.owners !== undefined) {
    const wanted = new Set(clause.owners)
    const flags = columns.flagged(ownerColumn, (label) => wanted.has(label))
    tests.push((row) => flags[owner[row] ?? 0] === 1)
  }
  const { namespaces, exceptNamespaces, kinds, names = [] } = clause
  if (namespaces !== undefined || exceptNamespaces !== undefined)
    tests.push(compileNamespaces(columns, clause))
  if (kinds !== undefined) {
    const wanted = new Set(kinds)
    const { homeKind } = columns
    const flags = columns.flagged(homeKindColumn, (label) => wanted.has(label))
    tests.push((row) => flags[homeKind[row] ?? 0] === 1)
  }
  for (const globs of names) tests.push(columns.names.matching(globs))
  return tests
}

/** Who says nothing is of the one that is called nothing. */
function compileNamespaces(columns: Columns, { namespaces, exceptNamespaces }: SightClause): RowTest {
  const column = searchFacets.indexOf('namespace')
  const wanted = namespaces && new Set(namespaces)
  const hidden = new Set(exceptNamespaces)
  const holds = (label: string): boolean => (wanted?.has(label) ?? true) && !hidden.has(label)
  const list = columns.list(column)
  const flags = Uint8Array.from([Number(holds('')), ...columns.flagged(column, holds)])
  return (row) => flags[list.first(row)] === 1
}
