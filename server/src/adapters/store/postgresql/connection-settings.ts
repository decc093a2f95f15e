import type { ClientConfig } from 'pg'
import { quoted } from './table-sql.ts'
import { readParameters } from './url-parameters.ts'
import type { PostgresqlWaits } from './waits.ts'

/** Where a server is and who comes. A `url` says all of it, but that `user` and `password` may stand beside it. */
export interface PostgresqlAddress {
  readonly url?: string
  readonly host?: string
  readonly port?: number
  readonly database?: string
  readonly user?: string
  readonly password?: string
  /** Beside a url that speaks of TLS too it may not say the contrary. */
  readonly ssl?: ClientConfig['ssl']
  /** The schema of the database that holds the tables; where none is named, the first one of the user's search path. */
  readonly schema?: string
}

/** Probes of a connection on which nothing is said begin after this many ms. */
const keepAliveMs = 10_000

/** Throws StoreError `permanent`: see `readParameters`. */
export function clientConfig(address: PostgresqlAddress, waits: PostgresqlWaits): ClientConfig {
  const { url, schema, ssl: given, ...rest } = address
  const read = url === undefined ? undefined : readParameters(url, address)
  const ssl = read === undefined ? given : read.ssl
  return {
    ...rest,
    ...(read !== undefined && { connectionString: wholeUrl(read.url, rest) }),
    ...(ssl !== undefined && { ssl }),
    ...(schema !== undefined && { options: `-c search_path=${escaped(quoted(schema))}` }),
    application_name: 'lading',
    connectionTimeoutMillis: waits.connectMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveMs,
  }
}

/** The driver takes nobody from beside a url. */
function wholeUrl(url: string, { user, password }: Pick<PostgresqlAddress, 'user' | 'password'>): string {
  const whole = URL.canParse(url) ? new URL(url) : undefined
  if (whole === undefined || whole.host === '') return url
  if (whole.username === '' && user !== undefined) whole.username = encodeURIComponent(user)
  if (whole.password === '' && password !== undefined) whole.password = encodeURIComponent(password)
  return whole.href
}

/** A space ends an option, unless it is marked. */
const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll(' ', '\\ ')

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
