import { setTimeout as pause } from 'node:timers/promises'
import { StoreError } from '../../../ports/store/errors.ts'
import type { Position } from '../../../ports/store/store.ts'
import type { Row } from '../../../ports/store/table.ts'
import { checkedLimit } from '../shared/checked-query.ts'
import type { DeclaredLog } from '../shared/declared.ts'
import { refused } from '../shared/refuse.ts'
import { columnsOf } from './readings.ts'
import { lastSql, tailSql } from './select-sql.ts'
import type { Reading } from './statement.ts'

export interface Entries<R extends Row> {
  readonly entries: { readonly at: Position; readonly row: R }[]
}

/** Throws StoreError. */
type Run = <T>(reading: Reading<T>) => Promise<T>

/** An entry's place: its transaction, and its number among all entries. */
interface Place {
  readonly xid: number
  readonly at: number
}

const firstPauseMs = 1
const longestPauseMs = 20

/**
 * Entries in the order of the transactions that brought them. What a transaction under way may still bring stands before
 * what has come since, so that is shown once all transactions before it have ended: mostly at once, and after `settleMs`
 * it is left for the next call.
 */
export async function tailOf<R extends Row>(
  run: Run,
  log: DeclaredLog,
  { after, limit, settleMs }: TailOptions,
): Promise<Entries<R>> {
  const reading = tailReading<R>(log, after, limit)
  const last = await run(lastReading(log))
  if (last === undefined) return { entries: [] }
  if (isSettled(last)) return await run(reading)
  const found = await run(reading)
  if (found.entries.length >= limit) return found
  await settle(run, log, { until: last, settleMs })
  return await run(reading)
}

interface TailOptions {
  readonly after: Position | undefined
  readonly limit: number
  readonly settleMs: number
}

/** Throws `transient` where transactions before the log's last entry do not end in time. */
export async function lastOf(run: Run, log: DeclaredLog, settleMs: number): Promise<Position | undefined> {
  const last = await run(lastReading(log))
  if (last === undefined) return undefined
  if (await settle(run, log, { until: last, settleMs })) return positionOf(last.place)
  throw new StoreError(
    'transient',
    `PostgreSQL: a transaction of the server has been open for more than ${settleMs} ms, and the end of the log ${log.name} is not known before it ends`,
  )
}

interface LastEntry {
  readonly place: Place
  /** Every transaction below it has ended. */
  readonly settled: number
}

const isSettled = ({ place, settled }: LastEntry): boolean => place.xid < settled

/** Waits until every transaction up to that of the entry has ended. False where they do not in time. */
async function settle(
  run: Run,
  log: DeclaredLog,
  { until, settleMs }: { readonly until: LastEntry; readonly settleMs: number },
): Promise<boolean> {
  const end = performance.now() + settleMs
  let { settled } = until
  for (
    let pauseMs = firstPauseMs;
    until.place.xid >= settled;
    pauseMs = Math.min(pauseMs * 2, longestPauseMs)
  ) {
    if (performance.now() > end) return false
    await pause(pauseMs)
    settled = (await run(lastReading(log)))?.settled ?? settled
  }
  return true
}

function tailReading<R extends Row>(
  log: DeclaredLog,
  after: Position | undefined,
  limit: number,
): Reading<Entries<R>> {
  const { xid, at } = checkedPlace(after)
  return {
    sql: tailSql(log),
    values: [String(xid), at, checkedLimit(limit)],
    answer: (found) => ({
      entries: found.map(([inTransaction, number, ...columns]) => ({
        at: positionOf({ xid: Number(inTransaction), at: Number(number) }),
        row: columnsOf(log, columns) as R,
      })),
    }),
  }
}

function lastReading(log: DeclaredLog): Reading<LastEntry | undefined> {
  return {
    sql: lastSql(log),
    values: [],
    answer: ([row]) =>
      row === undefined
        ? undefined
        : { place: { xid: Number(row[0]), at: Number(row[1]) }, settled: Number(row[2]) },
  }
}

const positionOf = ({ xid, at }: Place): Position => `${xid}.${at}` as Position

function checkedPlace(after: Position | undefined): Place {
  if (after === undefined) return { xid: 0, at: 0 }
  const parts = typeof after === 'string' ? /^(\d{1,16})\.(\d{1,16})$/.exec(after) : null
  if (parts === null) throw refused('malformed log position')
  return { xid: Number(parts[1]), at: Number(parts[2]) }
}
