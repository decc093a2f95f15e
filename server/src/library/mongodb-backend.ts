import type { Blobs } from '../ports/blobs/blobs.ts'
import type { BackendOptions } from './backend-options.ts'
import { EngineBackend } from './engine-backend.ts'
import { type MongodbEngineOptions, openMongodbEngines } from './engines/mongodb.ts'
import { outcomeOf } from './outcome-of.ts'
import { functionIn, invalid, membersOf, textIn } from './read/given.ts'
import { blobsIn } from './read/part-in.ts'

export interface MongoDBBackendOptions extends BackendOptions {
  /** `mongodb://user@host:port/?replicaSet=name`, or `mongodb+srv://`: of a replica set, since only those have transactions. */
  readonly url: string
  /** Where nothing is said the one that the URL names, else `lading`. */
  readonly database?: string
  /** The most connections to each server, 20 where nothing is said. */
  readonly max?: number
  /** PEM text of the authorities that certificates may be of, beside `tls=true` in the URL. */
  readonly ca?: string
  /**
   * Opens what keeps content of more than 64 KiB, which all who share the database must share too. Where none is given, such
   * content is refused.
   */
  readonly blobs?: () => Promise<Blobs>
}

const ownOptions = ['url', 'database', 'max', 'ca', 'blobs'] as const
const longestText = 4_096
const longestName = 63
const longestAuthorities = 1024 * 1024
const mostConnections = 10_000

/** Artifacts in MongoDB, which any number of processes may share. */
export class MongoDBBackend extends EngineBackend {
  constructor(options: MongoDBBackendOptions) {
    const own = outcomeOf(() => optionsIn(options))
    super(async (tools) => await openMongodbEngines(tools, own()), options, ownOptions)
  }
}

/** @throws ValidationError */
function optionsIn(options: unknown): MongodbEngineOptions {
  const given = membersOf(options, { field: '', as: 'options', passed: 'any' }, ownOptions)
  const { url, database, max, ca, blobs } = given
  return {
    store: {
      url: textIn(url, 'url', longestText),
      ...(database !== undefined && { database: textIn(database, 'database', longestName) }),
      ...(max !== undefined && { maxPool: connectionsIn(max) }),
      ...(ca !== undefined && { ca: textIn(ca, 'ca', longestAuthorities) }),
    },
    openBlobs: blobs === undefined ? undefined : openerIn(blobs),
  }
}

function openerIn(given: unknown): () => Promise<Blobs> {
  const open = functionIn<() => Promise<unknown>>(given, 'blobs')
  return async () => blobsIn(await open(), 'blobs')
}

/** One follows what others commit, and one is for batches. */
const leastConnections = 2

function connectionsIn(value: unknown): number {
  if (Number.isSafeInteger(value) && Number(value) >= leastConnections && Number(value) <= mostConnections)
    return Number(value)
  throw invalid('max', `it is no whole number from ${leastConnections} to ${mostConnections}`)
}
