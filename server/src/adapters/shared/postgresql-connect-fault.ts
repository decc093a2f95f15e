import { StoreError, type StoreErrorKind } from '../../ports/store/errors.ts'
import { storeErrorOf } from './postgresql-store-error-of.ts'

/** What was to be reached. Never its password. */
export interface Reached {
  readonly host?: string | undefined
  readonly port?: number | undefined
  readonly database?: string | undefined
  readonly user?: string | undefined
}

/** `pg_current_xact_id` and `xid8`, by which logs are ordered, came with it. */
export const oldestServer = 13

interface Told {
  readonly kind: StoreErrorKind
  readonly words: string
}

type Teller = (at: Words, said: string) => Told

/**
 * What is wrong when a server cannot be connected to, or cannot be used as it is: one sentence that says what to do.
 * `transient` where it may pass by itself, `denied` where somebody has to grant a right, `full` where the server has no
 * space, `permanent` otherwise. What is a StoreError already stays as it is.
 */
export function connectFault(error: unknown, reached: Reached): StoreError {
  if (error instanceof StoreError) return error
  const at = wordsOf(reached)
  const said = error instanceof Error ? error.message : String(error)
  const teller = tellers[codeOf(error)] ?? spokenOf(said)
  const { kind, words } =
    teller === undefined
      ? { kind: storeErrorOf(error).kind, words: `PostgreSQL at ${at.server}: ${said}` }
      : teller(at, said)
  return new StoreError(kind, words, { cause: withoutSecrets(error) })
}

interface Words {
  readonly server: string
  readonly database: string
  readonly user: string
  readonly host: string
}

function wordsOf({ host = 'localhost', port = 5432, database = '', user = '' }: Reached): Words {
  const server = host.startsWith('/') ? `the socket in ${host}` : `${host}:${port}`
  return { server, host, database: JSON.stringify(database), user: JSON.stringify(user) }
}

const permanent = (words: string): Told => ({ kind: 'permanent', words })
const transient = (words: string): Told => ({ kind: 'transient', words })
const denied = (words: string): Told => ({ kind: 'denied', words })

const wrongTrust = 'name a file with the certificate of its authority in store.ca'

const expired: Teller = ({ server }) =>
  permanent(`the TLS certificate of PostgreSQL at ${server} has expired: have it renewed`)
const untrusted: Teller = ({ server }) =>
  permanent(
    `the TLS certificate of PostgreSQL at ${server} is signed by nobody who is trusted here: ${wrongTrust}`,
  )
const lookedUp: Teller = ({ host }) =>
  transient(`there is no host ${JSON.stringify(host)}: check the name, and that it can be looked up here`)
const late: Teller = ({ server }) =>
  transient(
    `PostgreSQL at ${server} did not answer in time: check host and port, and firewalls on the way to it`,
  )
const starting: Teller = ({ server }, said) =>
  transient(`PostgreSQL at ${server} takes no connections now (${said}): wait until it has started`)
const ended: Teller = ({ server }) =>
  transient(
    `PostgreSQL at ${server} ended the connection: see that a PostgreSQL listens there, and what its log says`,
  )
const unreachable: Teller = ({ server }) =>
  transient(`there is no way to ${server} from here: check host and network`)
const wrongPassword: Teller = ({ server, user }) =>
  permanent(
    `PostgreSQL at ${server} refuses user ${user}: the password is wrong, or there is no such user; check both`,
  )

const noPassword: Teller = ({ server, user }) =>
  permanent(`PostgreSQL at ${server} wants a password of user ${user}, and none is set: set it`)

const tellers: Readonly<Record<string, Teller>> = {
  '28P01': wrongPassword,
  '28000': ({ server, database, user }, said) =>
    said.includes('pg_hba.conf')
      ? permanent(
          `PostgreSQL at ${server} lets user ${user} into database ${database} from nowhere ` +
            `${/no encryption|SSL off/.test(said) ? 'without TLS: turn TLS on in the settings' : 'like here'}, ` +
            'or add an entry to its pg_hba.conf',
        )
      : permanent(
          `PostgreSQL at ${server} lets user ${user} not log in: make the role, or grant it LOGIN with ALTER ROLE`,
        ),
  '3D000': ({ server, database }) =>
    permanent(
      `PostgreSQL at ${server} has no database ${database}: make it with CREATE DATABASE, or name another one`,
    ),
  '42501': ({ database, user }, said) =>
    denied(
      `user ${user} lacks a right in database ${database} (${said}): make it the owner of the schema and the tables, ` +
        'or grant it CREATE and USAGE on the schema',
    ),
  '25006': ({ server }) =>
    denied(
      `PostgreSQL at ${server} can only be read, since it is a standby or set so (default_transaction_read_only): ` +
        'connect to the primary',
    ),
  '53100': ({ server }) => ({
    kind: 'full',
    words: `the disk of PostgreSQL at ${server} is full: make room on it`,
  }),
  '53300': ({ server }) =>
    transient(
      `PostgreSQL at ${server} has no connection left: raise its max_connections, or have fewer in each process`,
    ),
  '57P01': ended,
  '57P02': ended,
  '57P03': starting,
  '08000': ended,
  '08003': ended,
  '08006': ended,
  ENOTFOUND: lookedUp,
  EAI_AGAIN: lookedUp,
  ECONNREFUSED: ({ server }) =>
    transient(
      `nobody listens at ${server}: start PostgreSQL, check host and port, and that listen_addresses has it`,
    ),
  ERR_INVALID_URL: () =>
    permanent(
      'the address of the database is no URL: write postgresql://user:password@host:5432/database, special characters as %XX',
    ),
  ENOENT: ({ server }, said) => {
    const file = /open '(.*)'$/s.exec(said)?.[1]
    return file === undefined
      ? transient(`there is no PostgreSQL behind ${server}: start it, or check the path`)
      : permanent(
          `the file ${JSON.stringify(file)}, which the address of the database names, is not there: check the path (sslrootcert, sslcert, sslkey)`,
        )
  },
  ECONNRESET: ended,
  EPIPE: ended,
  ETIMEDOUT: late,
  EHOSTUNREACH: unreachable,
  ENETUNREACH: unreachable,
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  CERT_HAS_EXPIRED: expired,
  CERT_NOT_YET_VALID: ({ server }) =>
    permanent(
      `the TLS certificate of PostgreSQL at ${server} is not valid yet: check the clock of this machine`,
    ),
  ERR_TLS_CERT_ALTNAME_INVALID: ({ server, host }) =>
    permanent(
      `the TLS certificate of PostgreSQL at ${server} is not for ${JSON.stringify(host)}: ` +
        'connect by a name that stands in it, or have one made for this name',
    ),
}

/** What has no code, by what is said of it. */
function spokenOf(said: string): Teller | undefined {
  if (said.includes('does not support SSL')) {
    return ({ server }) =>
      permanent(`PostgreSQL at ${server} speaks no TLS: turn ssl on there, or TLS off in the settings`)
  }
  if (/password must be a (non-empty )?string/i.test(said)) return noPassword
  if (/timeout|timed out/i.test(said)) return late
  if (/terminated|connection error|Client has encountered|was closed|not queryable/i.test(said)) return ended
  if (/self.signed|unable to (verify|get)/i.test(said)) return untrusted
  return undefined
}

function codeOf(error: unknown): string {
  const { code } = error as { code?: unknown }
  if (typeof code === 'string') return code
  // Of a host with several addresses, each of which failed.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : undefined
  return first === undefined ? '' : codeOf(first)
}

/** An address that cannot be read is told whole, with the password in it. */
function withoutSecrets(error: unknown): unknown {
  return codeOf(error) === 'ERR_INVALID_URL' ? undefined : error
}
