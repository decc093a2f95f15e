import type { Document } from 'mongodb'
import { StoreError } from '../../../ports/store/errors.ts'
import { touchedBy } from '../../../ports/store/row-hash.ts'
import type {
  BatchId,
  Change,
  Find,
  Follower,
  Following,
  Key,
  Outcome,
  Page,
  Position,
  ReadFrom,
  Store,
  StoreCapabilities,
  Stored,
  UniqueKey,
} from '../../../ports/store/store.ts'
import {
  type Log,
  type Row,
  type Schema,
  schemaVersion,
  type Table,
  type Value,
} from '../../../ports/store/table.ts'
import { usualPool } from '../../shared/mongodb-address.ts'
import { type Connected, connect, refuseUnfit } from '../../shared/mongodb-connect.ts'
import { storeErrorOf } from '../../shared/mongodb-store-error-of.ts'
import { checkedBatch } from '../shared/checked-batch.ts'
import { type Declared, declared } from '../shared/declared.ts'
import { closedStore } from '../shared/refuse.ts'
import { type Collections, collectionsOf, ownNames } from './collections.ts'
import { Committer } from './commit.ts'
import { Follow } from './follow.ts'
import { migrate } from './migrate.ts'
import { type MongodbSettings, type MongodbStoreOptions, usualWaits } from './options.ts'
import { Readings } from './readings.ts'
import { Registration } from './registration.ts'
import { type BeginTransaction, transactionsOf } from './transactions.ts'

/**
 * Opens a database of a MongoDB replica set and brings it to the schema's version. Any number of processes may have it
 * open. Throws StoreError; no message has the URL in it.
 */
export function openMongodbStore(options: MongodbStoreOptions, schema: Schema): Promise<Store> {
  return openWith(options, schema)
}

/**
 * With other transactions than the server's. For tests alone, where a server has none: what stands in for them does not take
 * back what a batch has written when the process ends in between.
 */
export function openWith(
  options: MongodbStoreOptions,
  schema: Schema,
  begin?: BeginTransaction,
): Promise<Store> {
  return inStoreErrors(async () => {
    const full = { ...options, waits: { ...usualWaits, ...options.waits } }
    const { client, db } = await connect(full)
    try {
      await refuseUnfit(db, begin === undefined)
      const registration = await registered({ client, db }, full, schema)
      return new MongodbStore({
        client,
        db,
        registration,
        schema: declared(schema),
        options: full,
        begin: begin ?? transactionsOf(client, full.waits),
      })
    } catch (error) {
      await client.close()
      throw error
    }
  })
}

/** Somebody may begin to change tables between the look at them and the registration. */
const registrationTries = 5

async function registered(
  { db }: Connected,
  options: MongodbSettings,
  schema: Schema,
): Promise<Registration> {
  const { waits } = options
  const version = schemaVersion(schema)
  for (let attempt = 0; attempt < registrationTries; attempt++) {
    // Building an index takes as long as it takes.
    const patient = await connect(options, true)
    try {
      await migrate({ db: patient.db, waits }, schema)
    } finally {
      await patient.client.close()
    }
    const registration = await Registration.begin({ db, collections: collectionsOf(db), waits, version })
    if (registration !== undefined) return registration
  }
  throw new StoreError('transient', 'others keep changing the tables of the database')
}

interface Parts extends Connected {
  readonly schema: Declared
  readonly options: MongodbSettings
  readonly registration: Registration
  readonly begin: BeginTransaction
}

class MongodbStore implements Store {
  readonly can: StoreCapabilities = { durable: true, shared: true, snapshot: false }
  readonly #parts: Parts
  readonly #collections: Collections
  readonly #readings: Readings
  readonly #committer: Committer
  readonly #now: () => number
  readonly #followings = new Set<Follow>()
  readonly #underway = new Set<Promise<unknown>>()
  #closing: Promise<void> | undefined

  constructor(parts: Parts) {
    const { db, schema, options, registration, begin } = parts
    const { waits } = options
    this.#parts = parts
    this.#now = options.now ?? Date.now
    this.#collections = collectionsOf(db)
    this.#readings = new Readings(schema, this.#collections, waits.operation)
    this.#committer = new Committer({
      schema,
      collections: this.#collections,
      begin,
      waits,
      // As many connections are left to whoever reads.
      atOnce: Math.ceil((options.maxPool ?? usualPool) / 2),
      now: this.#now,
      refuseUnfit: () => registration.refuseUnfit(),
    })
  }

  get<R extends Row>(table: Table<R>, key: Key | UniqueKey, from?: ReadFrom): Promise<Stored<R> | undefined> {
    return this.#run(() => this.#readings.get(table, key, from))
  }

  getMany<R extends Row>(table: Table<R>, keys: readonly Key[]): Promise<(Stored<R> | undefined)[]> {
    return this.#run(() => this.#readings.getMany(table, keys))
  }

  find<R extends Row>(table: Table<R>, query: Find): Promise<Page<R>> {
    return this.#run(() => this.#readings.find(table, query))
  }

  count<R extends Row>(
    table: Table<R>,
    query: { readonly index: string; readonly eq?: readonly Value[]; readonly upTo: number },
  ): Promise<number> {
    return this.#run(() => this.#readings.count(table, query))
  }

  /** What only has to survive the process survives as much as everything else. */
  commit(id: BatchId, changes: readonly Change[]): Promise<Outcome> {
    return this.#run(() => {
      const batch = checkedBatch(this.#parts.schema, id, changes, this.#now())
      return this.#committer.commit(batch, touchedBy(changes))
    })
  }

  tail<R extends Row>(
    log: Log<R>,
    after: Position | undefined,
    limit: number,
  ): Promise<{ readonly entries: { readonly at: Position; readonly row: R }[] }> {
    return this.#run(() => this.#readings.tail(log, after, limit))
  }

  last(log: Log): Promise<Position | undefined> {
    return this.#run(() => this.#readings.last(log))
  }

  follow(follower: Follower): Promise<Following> {
    return this.#run(async () => {
      const { batches } = this.#collections
      const era = await this.#era()
      const follow = new Follow({ batches, waits: this.#parts.options.waits, now: this.#now }, follower)
      this.#followings.add(follow)
      await follow.begun()
      return {
        era,
        [Symbol.asyncDispose]: async () => {
          this.#followings.delete(follow)
          await follow[Symbol.asyncDispose]()
        },
      }
    })
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    for (const follow of this.#followings) await follow[Symbol.asyncDispose]()
    await Promise.allSettled(this.#underway)
    await this.#parts.registration[Symbol.asyncDispose]()
    await this.#parts.client.close()
  }

  /** A collection that was restored from a dump gets another id of the server's own. */
  async #era(): Promise<string> {
    const found = await this.#collections.schema.findOne({ _id: 'schema' })
    if (found === null) throw new StoreError('transient', 'the database does not tell its era')
    const list = (await this.#parts.db.listCollections().toArray()) as Document[]
    const batches = list.find((each) => each['name'] === ownNames.batches)
    return `${found.era} ${batches?.['info']?.uuid ?? ''}`.trim()
  }

  #run<T>(work: () => Promise<T>): Promise<T> {
    const run = inStoreErrors(async () => {
      if (this.#closing !== undefined) throw closedStore()
      this.#parts.registration.refuseUnfit()
      return await work()
    })
    const settled = run.catch(() => undefined).finally(() => this.#underway.delete(settled))
    this.#underway.add(settled)
    return run
  }
}

async function inStoreErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw storeErrorOf(error)
  }
}
