import type { Blobs } from '../ports/blobs/blobs.ts'
import type { BackendOptions } from './backend-options.ts'
import { EngineBackend } from './engine-backend.ts'
import { openPostgresqlEngines, type PostgresqlEngineOptions } from './engines/postgresql.ts'
import { outcomeOf } from './outcome-of.ts'
import { entriesOf, functionIn, invalid, membersOf, objectIn, textIn } from './read/given.ts'
import { blobsIn } from './read/part-in.ts'

export interface PostgreSQLBackendOptions extends BackendOptions {
  /** `postgres://user@host:port/database`, instead of naming them one by one. */
  readonly url?: string
  /** `localhost` where nothing is said; a path is that of a folder with a socket. */
  readonly host?: string
  /** 5432 where nothing is said. */
  readonly port?: number
  readonly database?: string
  readonly user?: string
  readonly password?: string
  /** The most connections to the server, 20 where nothing is said; two more follow it and guard its tables. */
  readonly max?: number
  /** True: TLS, with a certificate that the system trusts. An object: as `tls.connect` takes it, such as `{ ca }`. */
  readonly ssl?: boolean | object
  /** The schema of the database that holds the tables, made where it is not there. */
  readonly schema?: string
  /** Urls of servers that follow it: reads that may lag go there. */
  readonly replicas?: readonly string[]
  /**
   * Opens what keeps content of more than 64 KiB, which all who share the database must share too. Where none is given, such
   * content is refused.
   */
  readonly blobs?: () => Promise<Blobs>
}

const ownOptions = [
  'url',
  'host',
  'port',
  'database',
  'user',
  'password',
  'max',
  'ssl',
  'schema',
  'replicas',
  'blobs',
] as const
const longestText = 4_096
const mostReplicas = 64
const mostPort = 65_535
const mostConnections = 10_000

/** Artifacts in PostgreSQL, which any number of processes may share. */
export class PostgreSQLBackend extends EngineBackend {
  constructor(options: PostgreSQLBackendOptions = {}) {
    const own = outcomeOf(() => optionsIn(options))
    super(async (tools) => await openPostgresqlEngines(tools, own()), options, ownOptions)
  }
}

/** @throws ValidationError */
function optionsIn(options: unknown): PostgresqlEngineOptions {
  const given = membersOf(options, { field: '', as: 'options', passed: 'any' }, ownOptions)
  const { port, max, ssl, replicas, blobs } = given
  if (given.url !== undefined && (given.host ?? port ?? given.database) !== undefined)
    throw invalid(
      'url',
      'it says host, port and database, which are given too: leave out the one or the other',
    )
  return {
    store: {
      ...textsIn(given),
      ...(port !== undefined && { port: wholeIn(port, 'port', mostPort) }),
      ...(max !== undefined && { max: wholeIn(max, 'max', mostConnections) }),
      ...(ssl !== undefined && { ssl: typeof ssl === 'boolean' ? ssl : objectIn(ssl, 'ssl') }),
      ...(replicas !== undefined && {
        replicas: entriesOf(replicas, 'replicas', mostReplicas, 'replicas').map((url, at) =>
          textIn(url, `replicas[${at}]`, longestText),
        ),
      }),
    },
    openBlobs: blobs === undefined ? undefined : openerIn(blobs),
  }
}

const texts = ['url', 'host', 'database', 'user', 'password', 'schema'] as const
type Texts = { readonly [Name in (typeof texts)[number]]?: string }

function textsIn(given: { readonly [Name in (typeof texts)[number]]?: unknown }): Texts {
  const named = texts.filter((name) => given[name] !== undefined)
  return Object.fromEntries(named.map((name) => [name, textIn(given[name], name, longestText)]))
}

function openerIn(given: unknown): () => Promise<Blobs> {
  const open = functionIn<() => Promise<unknown>>(given, 'blobs')
  return async () => blobsIn(await open(), 'blobs')
}

function wholeIn(value: unknown, field: string, most: number): number {
  if (Number.isSafeInteger(value) && Number(value) >= 1 && Number(value) <= most) return Number(value)
  throw invalid(field, `it is no whole number from 1 to ${most}`)
}
