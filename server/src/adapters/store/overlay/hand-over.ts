import type { Change } from '../../../ports/store/store.ts'
import type { Row } from '../../../ports/store/table.ts'
import type { DeclaredTable } from '../shared/declared.ts'
import { refused } from '../shared/refuse.ts'
import { sortKeyOf } from '../shared/sort-key.ts'

/** A change, and which values of unique keys its row gives up by it and which it takes. */
export interface Handing {
  readonly change: Change
  readonly gives: readonly string[]
  readonly takes: readonly string[]
}

export function handing(
  table: DeclaredTable,
  change: Change,
  before: Row | undefined,
  after: Row | undefined,
): Handing {
  const held = (row: Row | undefined): Set<string> =>
    new Set(
      row &&
        Array.from(table.unique, ([name, columns]) => `${table.name}\0${name}\0${sortKeyOf(columns, row)}`),
    )
  const [had, has] = [held(before), held(after)]
  return { change, gives: [...had.difference(has)], takes: [...has.difference(had)] }
}

/**
 * The changes in an order in which each finds free what it takes. Throws `permanent` where rows hand unique keys on in a circle: no batch can say that.
 */
export function inHandingOrder(handings: readonly Handing[]): Change[] {
  const givers = new Map(handings.flatMap((each) => each.gives.map((at) => [at, each] as const)))
  const ordered = new Set<Handing>()
  const visiting = new Set<Handing>()
  const visit = (each: Handing): void => {
    if (ordered.has(each)) return
    if (visiting.has(each)) {
      throw refused('rows of the transaction hand unique keys on in a circle: no batch can say that')
    }
    visiting.add(each)
    for (const at of each.takes) {
      const giver = givers.get(at)
      if (giver !== undefined) visit(giver)
    }
    ordered.add(each)
  }
  for (const each of handings) visit(each)
  return Array.from(ordered, ({ change }) => change)
}
