import type { ClientConfig } from 'pg'
import { quoted } from './postgresql-quoted.ts'
import { readParameters } from './postgresql-url-parameters.ts'

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
export function clientConfig(
  address: PostgresqlAddress,
  waits: { readonly connectMs: number },
): ClientConfig {
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
