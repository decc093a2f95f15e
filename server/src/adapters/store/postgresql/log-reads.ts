import { setTimeout as pause } from 'node:timers/promises'
import { StoreError } from '../../../ports/store/errors.ts'
import type { LogEntry, Position, SeenEntry } from '../../../ports/store/store.ts'
import type { Row } from '../../../ports/store/table.ts'
import { checkedLimit } from '../shared/checked-query.ts'
import type { DeclaredLog } from '../shared/declared.ts'
import { refused } from '../shared/refuse.ts'
import { columnsOf } from './readings.ts'
import { lastSql, tailNowSql, tailSql } from './select-sql.ts'
import type { SqlValue } from './sql-values.ts'
import type { Reading, SqlRow } from './statement.ts'

export interface Entries<R extends Row> {
  readonly entries: LogEntry<R>[]
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
 * what has come since, so that is shown once all transactions that may write to the log have ended: mostly at once, and after
 * `settleMs` it is left for the next call.
 */
export async function tailOf<R extends Row>(
  run: Run,
  log: DeclaredLog,
  { after, limit, settleMs }: TailOptions,
): Promise<Entries<R>> {
  const page = { after: checkedPlace(after), limit: checkedLimit(limit) }
  const last = await run(lastReading(log))
  if (last === undefined || !isBehind(page.after, last.place)) return { entries: [] }
  const found = await run(tailReading<R>(log, page, last.settled))
  if (isSettled(last) || found.entries.length >= limit) return found
  const { settled } = await settle(run, log, { until: last, settleMs })
  return await run(tailReading<R>(log, page, settled))
}

interface TailOptions {
  readonly after: Position | undefined
  readonly limit: number
  readonly settleMs: number
}

/** All entries there are, at once. */
export async function tailNowOf<R extends Row>(
  run: Run,
  log: DeclaredLog,
  { after, limit }: Omit<TailOptions, 'settleMs'>,
): Promise<{ readonly entries: SeenEntry<R>[] }> {
  const page = { after: checkedPlace(after), limit: checkedLimit(limit) }
  const last = await run(lastReading(log))
  if (last === undefined || !isBehind(page.after, last.place)) return { entries: [] }
  return await run(tailNowReading<R>(log, page, last.settled))
}

/** Throws `transient` where transactions before the log's last entry do not end in time. */
export async function lastOf(run: Run, log: DeclaredLog, settleMs: number): Promise<Position | undefined> {
  const last = await run(lastReading(log))
  if (last === undefined) return undefined
  const { isReached } = await settle(run, log, { until: last, settleMs })
  if (isReached) return positionOf(last.place)
  throw new StoreError(
    'transient',
    `PostgreSQL: a batch has been under way for more than ${settleMs} ms, and the end of the log ${log.name} is not known before it ends`,
  )
}

interface LastEntry {
  readonly place: Place
  /** Nothing that is below it comes any more. */
  readonly settled: number
}

const isSettled = ({ place, settled }: LastEntry): boolean => place.xid < settled

/** Waits until nothing comes any more up to the entry, or the time is over. Answers up to where nothing does. */
async function settle(
  run: Run,
  log: DeclaredLog,
  { until, settleMs }: { readonly until: LastEntry; readonly settleMs: number },
): Promise<{ readonly settled: number; readonly isReached: boolean }> {
  const end = performance.now() + settleMs
  let { settled } = until
  for (
    let pauseMs = firstPauseMs;
    until.place.xid >= settled;
    pauseMs = Math.min(pauseMs * 2, longestPauseMs)
  ) {
    if (performance.now() > end) return { settled, isReached: false }
    await pause(pauseMs)
    // What is known once stays true, also where a later look knows less.
    settled = Math.max(settled, (await run(lastReading(log)))?.settled ?? settled)
  }
  return { settled, isReached: true }
}

interface LogPage {
  readonly after: Place
  readonly limit: number
}

const pageValues = ({ after, limit }: LogPage, settled: number): SqlValue[] => [
  String(after.xid),
  after.at,
  limit,
  String(settled),
]

function tailReading<R extends Row>(log: DeclaredLog, page: LogPage, settled: number): Reading<Entries<R>> {
  return {
    sql: tailSql(log),
    values: pageValues(page, settled),
    answer: (found) => ({
      entries: found.map(([xid, at, ...columns]) => entryOf<R>(log, [xid, at], columns)),
    }),
  }
}

function tailNowReading<R extends Row>(
  log: DeclaredLog,
  page: LogPage,
  settled: number,
): Reading<{ readonly entries: SeenEntry<R>[] }> {
  return {
    sql: tailNowSql(log),
    values: pageValues(page, settled),
    answer: (found) => ({
      entries: found.map(([xid, at, isBelow, ...columns]) => ({
        ...entryOf<R>(log, [xid, at], columns),
        isSettled: isBelow === true,
      })),
    }),
  }
}

function entryOf<R extends Row>(log: DeclaredLog, [xid, at]: SqlRow, columns: SqlRow): LogEntry<R> {
  return { at: positionOf({ xid: Number(xid), at: Number(at) }), row: columnsOf(log, columns) as R }
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

const isBehind = (one: Place, other: Place): boolean =>
  one.xid < other.xid || (one.xid === other.xid && one.at < other.at)

function checkedPlace(after: Position | undefined): Place {
  if (after === undefined) return { xid: 0, at: 0 }
  const parts = typeof after === 'string' ? /^(\d{1,16})\.(\d{1,16})$/.exec(after) : null
  if (parts === null) throw refused('malformed log position')
  return { xid: Number(parts[1]), at: Number(parts[2]) }
}
