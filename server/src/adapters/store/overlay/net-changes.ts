import type { Change, Key, UniqueKey, When } from '../../../ports/store/store.ts'
import type { Row, Table } from '../../../ports/store/table.ts'
import type { Condition } from '../shared/checked-batch.ts'
import { type Handing, handing, inHandingOrder } from './hand-over.ts'
import type { OverlayTable } from './overlay-table.ts'
import type { RowEntry } from './row-entry.ts'

/** What was read of one table and was not there. */
export interface Absent {
  readonly table: OverlayTable
  readonly keys: readonly Key[]
  readonly unique: readonly UniqueKey[]
}

/** What a transaction comes to: at most one change for each row, and what no change can guard. */
export interface NetChanges {
  readonly changes: readonly Change[]
  readonly absent: readonly Absent[]
}

/** `appends` stay in their order, behind all else. Throws `permanent` where rows hand unique keys on in a circle. */
export function netChanges(tables: readonly OverlayTable[], appends: readonly Change[]): NetChanges {
  const handings: Handing[] = []
  const absent = tables.map((table) => {
    const keys: Key[] = []
    for (const entry of table.entries()) {
      const change = netChange(table.table, entry)
      if (change !== undefined) handings.push(handing(table.declared, change, entry.base, entry.now))
      else if (entry.guarded) keys.push(entry.key)
    }
    return { table, keys, unique: table.freeKeys() }
  })
  return { changes: [...inHandingOrder(handings), ...appends], absent }
}

function netChange(table: Table, { key, base, now, guarded, blind }: RowEntry): Change | undefined {
  if (base === undefined) return now && { do: 'insert', table, row: withoutRev(now) }
  if (now === base) return guarded ? { do: 'check', table, key, rev: base.rev } : undefined
  if (now === undefined) {
    return { do: 'remove', table, key, ...(guarded ? { rev: base.rev } : { when: whenOf(blind.when) }) }
  }
  if (guarded) return { do: 'put', table, row: withoutRev(now), rev: base.rev }
  const { set, add, when } = blind
  return {
    do: 'patch',
    table,
    key,
    set: Object.fromEntries(set),
    add: Object.fromEntries(add),
    when: whenOf(when),
  }
}

function withoutRev({ rev: _, ...row }: Row): Row {
  return row
}

function whenOf(conditions: readonly Condition[]): When {
  const columns = Map.groupBy(conditions, ({ column }) => column)
  const bounds = (each: readonly Condition[]): object =>
    Object.fromEntries(each.map(({ is, value }) => [is, value]))
  return Object.fromEntries(Array.from(columns, ([column, each]) => [column, bounds(each)]))
}
