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
import { loadEngine } from './load-engine.ts'
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
      const { openPostgresqlStore } = await loadEngine(
        () => import('../adapters/store/postgresql/postgresql-store.ts'),
      )
      const told = heardLater()
      const onTrouble = ({ message: reason }: StoreError): void =>
        told.tell((telemetry) => telemetry.warn('the database is not as it could be', { reason }))
      const onReplica = (replica: string, reason: string | undefined): void =>
        told.tell((telemetry) =>
          reason === undefined
            ? telemetry.info('a copy of the database can be read from again', { replica })
            : telemetry.warn('a copy of the database cannot be read from, and the primary answers instead', {
                replica,
                reason,
              }),
        )
      const store = await openPostgresqlStore(
        { ...postgresqlOptions(config), now, onTrouble, onReplica },
        schema,
      )
      const look = (telemetry: Metering): Look => {
        told.hearBy(telemetry)
        const { madeSchema } = store
        if (madeSchema !== undefined)
          telemetry.warn('made the schema, which was not there', { schema: madeSchema })
        for (const reason of store.warnings) telemetry.warn('the database is not as it could be', { reason })
        return connectionLook(store, telemetry)
      }
      return { store, look }
    }
    case 'mongodb': {
      const { openMongodbStore } = await loadEngine(
        () => import('../adapters/store/mongodb/mongodb-store.ts'),
      )
      return { store: await openMongodbStore({ ...mongodbOptions(config), now }, schema) }
    }
  }
}

type Telling = (telemetry: Metering) => void

/** What is told before anybody can hear it is heard then. */
function heardLater(): { tell(telling: Telling): void; hearBy(telemetry: Metering): void } {
  const early: Telling[] = []
  let listener: Metering | undefined
  return {
    tell: (telling) => {
      if (listener === undefined) early.push(telling)
      else telling(listener)
    },
    hearBy: (telemetry) => {
      listener = telemetry
      for (const telling of early.splice(0)) telling(telemetry)
    },
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
