import { readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import type { MongodbStoreOptions } from '../adapters/store/mongodb/options.ts'
import type { PostgresqlStoreOptions } from '../adapters/store/postgresql/postgresql-store.ts'
import type { StoreLink } from '../adapters/store/sqlite/store-link.ts'
import type { Config } from '../config/config.ts'
import type { Clock } from '../ports/clock/clock.ts'
import type { StoreError } from '../ports/store/errors.ts'
import type { Store } from '../ports/store/store.ts'
import type { Metering } from '../ports/telemetry/telemetry.ts'
import { connectionLook } from './admin/connection-look.ts'
import { sqliteLook } from './admin/sqlite-look.ts'
import { schema } from './schema.ts'
import type { Look } from './threads/thread-figures.ts'

/** Which engine keeps the records. */
export type StoreEngine = 'sqlite' | 'postgresql' | 'mongodb'

export interface OpenedStore {
  readonly store: Store
  /** What it can tell of itself. */
  readonly look?: (telemetry: Metering) => Look
  /** For another thread, which else opens one of its own. */
  share?(): StoreLink
}

export function storeEngine({ store: { url } }: Pick<Config, 'store'>): StoreEngine {
  if (url === undefined) return 'sqlite'
  return url.startsWith('mongodb') ? 'mongodb' : 'postgresql'
}

/** By the configuration. @throws StoreError, and what the file system says */
export async function openStore(config: Config, clock: Pick<Clock, 'now'>): Promise<OpenedStore> {
  const now = (): number => clock.now()
  // Whatever keeps the records, the operator's socket is in the data folder.
  if (storeEngine(config) !== 'sqlite') await mkdir(config.data, { recursive: true, mode: 0o700 })
  switch (storeEngine(config)) {
    case 'sqlite': {
      const { openSqliteStore } = await import('../adapters/store/sqlite/sqlite-store.ts')
      const { data, limits } = config
      const store = await openSqliteStore({ folder: data, now, reserveBytes: limits.reserveBytes }, schema)
      return { store, look: (telemetry) => sqliteLook(store, telemetry), share: () => store.share() }
    }
    case 'postgresql': {
      const { openPostgresqlStore } = await import('../adapters/store/postgresql/postgresql-store.ts')
      let hear = (_reason: string): void => {}
      const onTrouble = ({ message }: StoreError): void => hear(message)
      const store = await openPostgresqlStore({ ...postgresqlOptions(config), now, onTrouble }, schema)
      const look = (telemetry: Metering): Look => {
        hear = (reason) => telemetry.warn('the database is not as it could be', { reason })
        for (const reason of store.warnings) hear(reason)
        return connectionLook(store, telemetry)
      }
      return { store, look }
    }
    case 'mongodb': {
      const { openMongodbStore } = await import('../adapters/store/mongodb/mongodb-store.ts')
      return { store: await openMongodbStore({ ...mongodbOptions(config), now }, schema) }
    }
  }
}

/** What the settings say of a MongoDB database. */
export function mongodbOptions({ store }: Pick<Config, 'store'>): MongodbStoreOptions {
  const { url = '', connections, connectTimeout, queueTimeout, statementTimeout, ca } = store
  return {
    url,
    maxPool: connections,
    waits: { connect: connectTimeout, pool: queueTimeout, operation: statementTimeout },
    ...(ca !== undefined && { ca: readFileSync(ca, 'utf8') }),
  }
}

/** What the settings say of a PostgreSQL database. */
export function postgresqlOptions({ store }: Pick<Config, 'store'>): PostgresqlStoreOptions {
  const { url = '', schema: named, connections, replicas, replicaLag, ca } = store
  return {
    url,
    ...(named !== undefined && { schema: named }),
    max: connections,
    ...(ca !== undefined && { ssl: { ca: readFileSync(ca, 'utf8') } }),
    replicas,
    replicaLagMs: replicaLag,
    waits: {
      connectMs: store.connectTimeout,
      queueMs: store.queueTimeout,
      answerMs: store.statementTimeout,
      // The server ends what takes too long before its answer is given up: then it is known what became of it.
      statementMs: Math.ceil((store.statementTimeout * 2) / 3),
      claimMs: Math.min(store.statementTimeout, longestClaimMs),
    },
  }
}

/** A request waits for what has become of its batch, and is told that it is not known after this time. */
const longestClaimMs = 15_000
