import type { Value } from '../../../ports/store/table.ts'
import type { Condition, RowChange } from '../shared/checked-batch.ts'
import type { Column, DeclaredTable } from '../shared/declared.ts'
import { sortKey } from '../shared/sort-key.ts'

/** Patches of one row as one: what it comes to whatever the row holds when it is applied. */
export interface BlindPatch {
  readonly set: ReadonlyMap<string, Value>
  /** Names no column that is also in `set`. */
  readonly add: ReadonlyMap<string, number>
  /** Of the row before the first patch. One condition of a kind for each column. */
  readonly when: readonly Condition[]
}

export const untouched: BlindPatch = { set: new Map(), add: new Map(), when: [] }

type Patch = Omit<Extract<RowChange, { do: 'patch' }>, 'do'>

/** `before`, and then `next`; undefined where no single patch does the same to every row to the last bit. */
export function joined(
  table: DeclaredTable,
  before: BlindPatch,
  next: Pick<Patch, 'set' | 'add' | 'when'>,
): BlindPatch | undefined {
  const when = joinedConditions(table, before, next.when)
  const set = new Map(before.set)
  const add = new Map(before.add)
  for (const [name, value] of next.set) {
    set.set(name, value)
    add.delete(name)
  }
  for (const [name, value] of next.add) {
    const settled = set.get(name)
    if (typeof settled === 'number') {
      set.set(name, settled + value)
      continue
    }
    const sum = summed(table, name, add.get(name), value)
    if (sum === undefined) return undefined
    add.set(name, sum)
  }
  return when && { set, add, when }
}

/** Two additions to a real are rounded twice, and their sum would be once. */
function summed(
  table: DeclaredTable,
  column: string,
  one: number | undefined,
  other: number,
): number | undefined {
  if (one === undefined) return other
  const sum = one + other
  return isInteger(table, column) && Number.isSafeInteger(sum) ? sum : undefined
}

/** Conditions that `before` has settled by what it sets say nothing of the row; those on what it adds to are moved back. */
function joinedConditions(
  table: DeclaredTable,
  before: BlindPatch,
  next: readonly Condition[],
): readonly Condition[] | undefined {
  let when = before.when
  for (const condition of next) {
    if (before.set.has(condition.column)) continue
    const moved = movedBack(table, condition, before.add.get(condition.column))
    if (moved === undefined) return undefined
    when = narrowed(table, when, moved)
  }
  return when
}

function movedBack(
  table: DeclaredTable,
  condition: Condition,
  added: number | undefined,
): Condition | undefined {
  if (added === undefined) return condition
  if (!isInteger(table, condition.column) || typeof condition.value !== 'number') return undefined
  const value = condition.value - added
  return Number.isSafeInteger(value) ? { ...condition, value } : undefined
}

/** Both held of one row: two that ask for a value ask for the same, and of two bounds the narrower says both. */
function narrowed(
  table: DeclaredTable,
  conditions: readonly Condition[],
  other: Condition,
): readonly Condition[] {
  const at = conditions.findIndex(({ column, is }) => column === other.column && is === other.is)
  const one = conditions[at]
  if (one === undefined) return [...conditions, other]
  const columns = [table.byName.get(other.column) as Column]
  const place = ({ is, value }: Condition): string => (is === 'eq' ? '' : sortKey(columns, [value]))
  const isNarrower = other.is === 'gte' ? place(other) > place(one) : place(other) < place(one)
  return isNarrower ? conditions.with(at, other) : conditions
}

const isInteger = (table: DeclaredTable, column: string): boolean =>
  table.byName.get(column)?.type === 'integer'
