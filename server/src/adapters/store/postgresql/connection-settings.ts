import type { PostgresqlWaits } from './waits.ts'

/** Of what is done outside of transactions that say what they are. */
export const readOnlySetting = 'default_transaction_read_only'

/**
 * What a connection is told before anything else. Every statement is answered by one index that its order names, however
 * few rows the server believes a table to have: else a plan made for an empty table would be kept for a large one.
 */
export function sessionSql({ statementMs }: PostgresqlWaits): string {
  const settings: Readonly<Record<string, string | number>> = {
    statement_timeout: statementMs,
    lock_timeout: statementMs,
    // Shorter: whoever wants to know what became of a batch waits for its transaction.
    idle_in_transaction_session_timeout: Math.ceil(statementMs / 2),
    // Where a transaction could not begin, nothing of it is applied: see `sendWhole`.
    [readOnlySetting]: 'on',
    default_transaction_isolation: "'read committed'",
    client_min_messages: 'warning',
    bytea_output: 'hex',
    extra_float_digits: 1,
    plan_cache_mode: 'force_generic_plan',
    jit: 'off',
    max_parallel_workers_per_gather: 0,
    enable_seqscan: 'off',
    enable_bitmapscan: 'off',
    enable_sort: 'off',
    enable_hashjoin: 'off',
    enable_mergejoin: 'off',
  }
  const sets = Object.entries(settings).map(([name, value]) => `SET ${name} = ${value}`)
  // What is acknowledged is on the disk, also where the server is set to acknowledge earlier.
  const durable = `SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'`
  return [...sets, durable].join('; ')
}
