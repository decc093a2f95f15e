import { databaseSql } from './database-sql.ts'
import type { Look } from './marks.ts'
import { allEnded, writersEndedSql } from './settled-sql.ts'
import type { SqlRow } from './statement.ts'

/** The snapshot, and of `Look` all but the time. */
const lookSql = `pg_current_snapshot()::text, ${allEnded},
  (pg_current_wal_insert_lsn() - '0/0')::bigint, (pg_current_wal_flush_lsn() - '0/0')::bigint`
/**
 * What has become visible since the snapshot before, and what this one is: transactions become visible in another order
 * than that of their numbers, so no number alone says where to go on. By the index: whatever one that stays open holds up,
 * what came after it and was told is not read again.
 */
export const deltaSql: string = `SELECT ${lookSql}, b."xid", b."touched" FROM (SELECT 1) AS one LEFT JOIN (
    SELECT "xid", "touched" FROM "lading_batches"
      WHERE "xid" >= pg_snapshot_xmax($1::text::pg_snapshot) AND NOT "void"
    UNION ALL SELECT "xid", "touched" FROM "lading_batches"
      WHERE "xid" = ANY (ARRAY(SELECT pg_snapshot_xip($1::text::pg_snapshot))) AND NOT "void"
  ) AS b ON true`
/** Below it every batch has ended for whoever looks after this. */
export const batchesEndedSql: string = `SELECT ${writersEndedSql([])}`
export const beginSql: string = `SELECT ${lookSql}, coalesce((SELECT "xid" FROM "lading_batches" ORDER BY "xid" DESC LIMIT 1), '0')`
/**
 * What marks can be compared within: the data's own name, that of the server's files, how often a replica took over, and when
 * the server was started: while it was not, its files may have been put back to what they were before. And which database
 * and which table it is: a copy of either on the same server has the data's name, and the numbers of its transactions.
 */
export const eraSql: string = `SELECT "value", ${databaseSql},
  substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8), extract(epoch FROM pg_postmaster_start_time())::text,
  '"lading_batches"'::regclass::oid::text
  FROM "lading_state" WHERE "name" = 'era'`
export const openSql: string = `SELECT pid::text, datname::text, usename::text FROM pg_stat_activity WHERE backend_xid::text = $1`

/** Of a row of `beginSql` or `deltaSql`. */
export function lookOf(row: SqlRow, asOf: number): { readonly snapshot: string; readonly look: Look } {
  const [snapshot, oldest, written, flushed] = row
  const look = { oldest: Number(oldest), written: Number(written), flushed: Number(flushed), asOf }
  return { snapshot: String(snapshot), look }
}
