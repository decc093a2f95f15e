import { type Db, type Document, MongoClient, type MongoClientOptions, MongoError } from 'mongodb'
import { namingNearest } from '../../domain/nearest.ts'
import { StoreError } from '../../ports/store/errors.ts'
import { type MongodbAddress, type MongodbConnectWaits, usualPool } from './mongodb-address.ts'
import { storeErrorOf } from './mongodb-store-error-of.ts'

/** Reads of one moment outside of transactions came with it. */
const oldestServer = 5
const usualDatabase = 'lading'

export interface ConnectOptions extends MongodbAddress {
  readonly waits: MongodbConnectWaits
}

export interface Connected {
  readonly client: MongoClient
  readonly db: Db
}

/**
 * A client whose server has answered. `patient`: for commands that may take as long as a migration does. Throws StoreError,
 * in whose message neither the URL nor anything of it but hosts stands.
 */
export async function connect(options: ConnectOptions, patient = false): Promise<Connected> {
  const { url, database, waits } = options
  const client = makeClient(url, clientOptions(options, patient))
  const db = client.db(database ?? databaseIn(url) ?? usualDatabase)
  try {
    await client.connect()
    await db.command({ ping: 1 })
    return { client, db }
  } catch (error) {
    await client.close()
    throw connectErrorOf(error, waits)
  }
}

/** Throws StoreError `permanent` where the server cannot do what the engine needs. */
export async function refuseUnfit(db: Db, needsTransactions: boolean): Promise<void> {
  const { version } = await db.command({ buildInfo: 1 })
  if (Number.parseInt(version, 10) < oldestServer)
    throw new StoreError(
      'permanent',
      `the database is MongoDB ${version}, and Lading needs ${oldestServer}.0 or later: upgrade it`,
    )
  // The name that servers of all versions know it by.
  const role = await db.command({ isMaster: 1 })
  if (needsTransactions) refuseWithoutTransactions(role)
}

function refuseWithoutTransactions(role: Document): void {
  if (role['setName'] === undefined && role['msg'] !== 'isdbgrid')
    throw new StoreError(
      'permanent',
      'the database is no replica set, and without one MongoDB has no transactions: start mongod with --replSet and ' +
        'call rs.initiate() once, which a single server can do too',
    )
  if (role['ismaster'] !== true)
    throw new StoreError(
      'transient',
      'the database server that answers is not the primary of its replica set: leave directConnection out of the URL, ' +
        'or wait until a primary is elected',
    )
}

/** The server's clock, by which the signs of life of all processes are told. */
export async function serverTime(db: Db): Promise<number> {
  const { localTime } = await db.command({ isMaster: 1 })
  if (!(localTime instanceof Date)) throw new StoreError('transient', 'the database does not tell its time')
  return localTime.getTime()
}

/** One `@` and what follows it to the next `/` are the hosts: of a password that has one, a part would be taken for a host. */
const wellFormed = /^mongodb(?:\+srv)?:\/\/(?:[^@/?]*@)?[^@/?]+(?:\/[^@?]*)?(?:\?.*)?$/

function makeClient(url: string, options: MongoClientOptions): MongoClient {
  try {
    if (!wellFormed.test(url)) throw new URIError('it is not of this form')
    const client = new MongoClient(url, options)
    if (options.ca === undefined || client.options.tls) return client
  } catch (error) {
    const unknown = unknownOption(url, error)
    if (unknown !== undefined) throw unknown
    // Its message may show a part of the URL, and the URL has the password.
    const kind = error instanceof Error ? error.name : 'Error'
    throw new StoreError(
      'permanent',
      `the URL of the database cannot be read (${kind}): it is like mongodb://user:password@host:27017/lading?replicaSet=rs0, ` +
        'with what is no letter or digit in user and password percent-encoded',
    )
  }
  throw new StoreError(
    'permanent',
    'an authority is set for the database, and its URL asks for no TLS: write tls=true into it, or take the authority away',
  )
}

const oftenMeant = ['tls', 'replicaSet', 'authSource', 'authMechanism', 'directConnection', 'retryWrites']

/** Where an `@` follows, what the driver takes for an option may be a part of the password. */
function unknownOption(url: string, error: unknown): StoreError | undefined {
  const said = error instanceof Error ? error.message : ''
  const [, name] = /^option (\w{1,40}) is not supported$/.exec(said) ?? []
  if (name === undefined || url.lastIndexOf('@') > url.indexOf('?')) return undefined
  return new StoreError(
    'permanent',
    `the URL of the database has the parameter ${JSON.stringify(name)}, which MongoDB does not know${namingNearest(name, oftenMeant)}`,
  )
}

function clientOptions(options: ConnectOptions, patient: boolean): MongoClientOptions {
  const { ca, waits, maxPool = usualPool } = options
  return {
    appName: 'lading',
    maxPoolSize: patient ? 2 : maxPool,
    serverSelectionTimeoutMS: waits.connect,
    connectTimeoutMS: waits.connect,
    waitQueueTimeoutMS: waits.pool,
    // A server says itself when it took too long; this is for one that says nothing any more.
    socketTimeoutMS: patient ? 0 : waits.operation * 2,
    readConcern: { level: 'majority' },
    writeConcern: { w: 'majority', journal: true, wtimeoutMS: patient ? waits.migration : waits.operation },
    readPreference: 'primary',
    retryReads: true,
    retryWrites: true,
    promoteLongs: true,
    promoteValues: true,
    promoteBuffers: false,
    ...(ca !== undefined && { ca }),
  }
}

function databaseIn(url: string): string | undefined {
  const [, name] = /^mongodb(?:\+srv)?:\/\/[^/?]*\/([^?]+)/.exec(url) ?? []
  return name === undefined ? undefined : decodeURIComponent(name)
}

const untrusted = /certificate|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS|altname|unable to get (?:local )?issuer/i

/** What the driver threw while it connected, in a sentence that says what to look at. */
export function connectErrorOf(
  error: unknown,
  { connect: ms }: Pick<MongodbConnectWaits, 'connect'>,
): unknown {
  if (!(error instanceof MongoError)) return error
  if (Number(error.code) === 18 || /auth/i.test(error.name))
    return new StoreError(
      'denied',
      'the database refuses the user or the password: look at both, and at authSource in the URL, the database in which ' +
        'the user was made',
    )
  const reason = deepest(error)
  if (/ENOTFOUND|EAI_AGAIN|querySrv/.test(reason))
    return new StoreError('transient', `there is no such host: ${reason}`, { cause: error })
  if (/wire version/.test(reason))
    return new StoreError(
      'permanent',
      `the database is too old: Lading needs ${oldestServer}.0 or later: ${reason}`,
    )
  if (untrusted.test(reason))
    return new StoreError(
      'permanent',
      `the certificate of the database is not trusted: ${reason}; name the file of its authority in store.ca`,
      { cause: error },
    )
  if (error.name === 'MongoServerSelectionError')
    return new StoreError(
      'transient',
      `no server of the database could be written to within ${ms} ms: ${reason}; look at hosts, port, replicaSet and tls in the URL`,
      { cause: error },
    )
  return storeErrorOf(error)
}

/** What the first server that failed said, which is under what the driver made of it. */
function deepest(error: MongoError): string {
  const reason =
    'reason' in error ? (error.reason as { servers?: Map<string, { error?: Error | null }> }) : {}
  const servers = [...(reason?.servers?.values() ?? [])].flatMap((server) => server.error ?? [])
  const causes = [error.cause, servers[0], servers[0]?.cause].filter((each) => each instanceof Error)
  return [...new Set([error.message, ...causes.map(({ message }) => message)])].join(': ')
}
