import { quoted } from '../../shared/postgresql-quoted.ts'

/** Of a statement: every transaction below it has ended, whosever it was. */
export const allEnded = 'pg_snapshot_xmin(pg_current_snapshot())'

/**
 * Below it nothing comes any more, for any snapshot that is taken after this statement: every transaction that writes batches,
 * or to the tables that are named, has ended. All that number transactions of a server are in one row, so by itself the oldest
 * one says nothing: it may be anybody's, in whatever database.
 *
 * Whoever writes to a table locks it before it is given a number, and for as long as that one is under way. So of those that
 * were under way in the statement's snapshot, only they can be writers that have such a lock when locks are looked at, which
 * is after that. A number has a lock of its own, that tells whose it is; of one without, which is being given out or given
 * back at that moment, nobody knows, so it counts. What comes later has a higher number.
 *
 * Not so one that is given a number by writing elsewhere, and writes to the log then: nobody does but Lading, which begins
 * each transaction with the row of its batch.
 */
export function writersEndedSql(tables: readonly string[]): string {
  const written = ['lading_batches', ...tables].map((name) => `'${quoted(name)}'::regclass`).join(', ')
  return `(WITH locks AS MATERIALIZED (
    SELECT "locktype", "transactionid"::text AS "number", "virtualtransaction" AS "holder" FROM pg_locks
      WHERE "granted" AND ("locktype" = 'transactionid' AND "mode" = 'ExclusiveLock'
        OR "locktype" = 'relation' AND "mode" = 'RowExclusiveLock' AND "relation" IN (${written})
          AND "database" = (SELECT oid FROM pg_database WHERE datname = current_database()))
  ) SELECT coalesce((
    SELECT "xid" FROM pg_snapshot_xip(pg_current_snapshot()) AS running ("xid") WHERE NOT EXISTS (
      SELECT FROM locks AS own
        WHERE own."locktype" = 'transactionid' AND own."number" = ("xid"::text::bigint & 4294967295)::text
        AND NOT EXISTS (
          SELECT FROM locks AS written WHERE written."locktype" = 'relation' AND written."holder" = own."holder"
        )
    ) ORDER BY "xid" LIMIT 1
  ), pg_snapshot_xmax(pg_current_snapshot())))`
}
