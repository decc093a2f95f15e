import type { Position, Store } from '../../../ports/store/store.ts'
import type { Log, Row } from '../../../ports/store/table.ts'
import { checkedLimit } from '../shared/checked-query.ts'
import type { DeclaredLog } from '../shared/declared.ts'
import { copied } from '../shared/values.ts'

/** A position of the base, or its start, and how many of the transaction's entries were passed as well. */
interface Place {
  readonly base: Position | undefined
  readonly passed: number
}

interface Entry {
  readonly at: Position
  readonly row: Row
}

/** Entries of the base, and behind them the transaction's, as `pending` answers them once the base has. Throws StoreError, `permanent` for a malformed position. */
export async function pendingTail(
  base: Store,
  log: Log,
  declared: DeclaredLog,
  pending: () => readonly Row[],
  after: Position | undefined,
  limit: number,
): Promise<{ readonly entries: Entry[] }> {
  const place = readPlace(after)
  const { entries } = await base.tail(log, place.base, checkedLimit(limit))
  const end = entries.at(-1)?.at ?? place.base
  const own = pending().slice(place.passed, place.passed + limit - entries.length)
  return {
    entries: [
      ...entries.map(({ at, row }) => ({ at: position({ base: at, passed: place.passed }), row })),
      ...own.map((row, n) => ({
        at: position({ base: end, passed: place.passed + n + 1 }),
        row: copied(declared, row),
      })),
    ],
  }
}

/** Behind the base's end stand the transaction's own entries. */
export async function pendingLast(
  base: Store,
  log: Log,
  pending: () => readonly Row[],
): Promise<Position | undefined> {
  const end = await base.last(log)
  const passed = pending().length
  return end === undefined && passed === 0 ? undefined : position({ base: end, passed })
}

/** Where no entry of the transaction was passed, the position is one of the base, and good there too. */
function position({ base, passed }: Place): Position {
  return (passed === 0 ? base : `pending:${passed}:${base ?? ''}`) as Position
}

function readPlace(after: Position | undefined): Place {
  const [, passed, base] = /^pending:([1-9][0-9]{0,15}):(.*)$/s.exec(after ?? '') ?? []
  if (passed === undefined) return { base: after, passed: 0 }
  return { base: base === '' ? undefined : (base as Position), passed: Number(passed) }
}
