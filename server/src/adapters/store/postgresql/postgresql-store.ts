import type { StoreError } from '../../../ports/store/errors.ts'
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
  RowParts,
  SeenEntry,
  Snapshot,
  Store,
  StoreCapabilities,
  Stored,
  Survives,
  UniqueKey,
} from '../../../ports/store/store.ts'
import type { Log, Row, Schema, Table, Value } from '../../../ports/store/table.ts'
import type { PostgresqlAddress } from '../../shared/postgresql-address.ts'
import { checkedBatch, tableNamed } from '../shared/checked-batch.ts'
import { type Declared, declared } from '../shared/declared.ts'
import { batchOf } from './batch-sql.ts'
import { BatchCommitter } from './commit-batch.ts'
import { Connections, type PoolFigures } from './connections.ts'
import { followBatches } from './follow-batches.ts'
import { ForgetIds } from './forget-ids.ts'
import { Hints } from './hints.ts'
import { type Entries, lastOf, tailNowOf, tailOf } from './log-reads.ts'
import { openSchema } from './migrate.ts'
import type { OpenedSchema } from './opened-schema.ts'
import { defaultLaneLimits } from './read-lanes.ts'
import { type OnReplica, Replicas } from './replicas.ts'
import { type HowToRead, RowReads } from './row-reads.ts'
import { takeSnapshot } from './snapshot.ts'
import type { Reading } from './statement.ts'
import { Underway } from './underway.ts'
import { defaultWaits, type PostgresqlWaits } from './waits.ts'

export interface PostgresqlStoreOptions extends PostgresqlAddress {
  /** The most connections of this process to the primary, and to each replica; two more follow it and guard its tables. */
  readonly max?: number
  /** Milliseconds since 1970, against which the age of batch ids is told. */
  readonly now?: () => number
  readonly waits?: Partial<PostgresqlWaits>
  /** Whole urls of servers that follow the primary. Reads that may lag go there. */
  readonly replicas?: readonly string[]
  /** How far a replica may lag behind, in ms; one that lags more is not asked. */
  readonly replicaLagMs?: number
  /** Told once when a replica cannot be read from, and once when it can be again. */
  readonly onReplica?: OnReplica
  /** True: also where a restore is under way, whose records are to be set right. */
  readonly restoring?: boolean
  /** What people should know later on, of the tables and of other releases that are at work on them. */
  readonly onTrouble?: (error: StoreError) => void
}

export interface PostgresqlStore extends Store {
  /** What people should know from the beginning, one sentence each. */
  readonly warnings: readonly string[]
  /** The schema of the database that is named, where it was not there and was made. */
  readonly madeSchema: string | undefined
  /** Of the primary's, but for those that follow it and guard its tables. */
  figures(): PoolFigures
  /** How many replicas may be asked now. */
  readonly freshReplicas: number
  follow(follower: Follower): Promise<Following>
  snapshot(): Promise<Snapshot>
}

export const defaultMaxConnections = 20
export const defaultReplicaLagMs = 1_000

/** Opens the records in a database, brought to the schema's version. Throws StoreError: see `openSchema`. */
export async function openPostgresqlStore(
  options: PostgresqlStoreOptions,
  schema: Schema,
): Promise<PostgresqlStore> {
  const tables = declared(schema)
  const {
    max = defaultMaxConnections,
    now = Date.now,
    replicas = [],
    replicaLagMs = defaultReplicaLagMs,
    waits: givenWaits,
    restoring = false,
    onTrouble,
    onReplica,
    ...address
  } = options
  const waits = { ...defaultWaits, ...givenWaits }
  const connections = new Connections(address, { all: max, shared: defaultLaneLimits(max) }, waits)
  try {
    const opened = await openSchema(connections.pool, schema, {
      restoring,
      ...(address.schema !== undefined && { namespace: address.schema }),
      ...(onTrouble !== undefined && { onTrouble }),
    })
    const beside = replicas.map((url) => new Connections({ ...beyondUrl(address), url }, { all: max }, waits))
    const lag = { lagMs: replicaLagMs, answerMs: waits.replicaMs, onReplica }
    return new ServerStore({
      connections,
      opened,
      schema,
      tables,
      now,
      replicas: new Replicas(connections, beside, lag),
      onTrouble,
    })
  } catch (error) {
    await connections.close()
    throw error
  }
}

/** What a url does not say. */
const beyondUrl = ({ schema, ssl }: PostgresqlAddress): PostgresqlAddress => ({
  ...(schema !== undefined && { schema }),
  ...(ssl !== undefined && { ssl }),
})

interface Parts {
  readonly connections: Connections
  readonly opened: OpenedSchema
  readonly schema: Schema
  readonly tables: Declared
  readonly now: () => number
  readonly replicas: Replicas
  readonly onTrouble: PostgresqlStoreOptions['onTrouble']
}

class ServerStore implements PostgresqlStore {
  readonly can: StoreCapabilities = { durable: true, shared: true, snapshot: true }
  readonly #parts: Parts
  readonly #reads: RowReads
  readonly #committer: BatchCommitter
  readonly #hints: Hints
  readonly #forget: ForgetIds
  readonly #followings = new Set<Following>()
  readonly #snapshots = new Set<Snapshot>()
  readonly #underway = new Underway()

  constructor(parts: Parts) {
    const { connections, tables } = parts
    this.#parts = parts
    this.#reads = new RowReads(tables, (reading, how) => this.#run(reading, how))
    this.#committer = new BatchCommitter(connections, tables)
    this.#hints = new Hints(connections)
    this.#forget = new ForgetIds(connections)
  }

  get madeSchema(): string | undefined {
    return this.#parts.opened.made
  }

  get warnings(): readonly string[] {
    return this.#parts.opened.warnings
  }

  figures(): PoolFigures {
    return this.#parts.connections.figures()
  }

  get freshReplicas(): number {
    return this.#parts.replicas.ready
  }

  get<R extends Row>(table: Table<R>, key: Key | UniqueKey, from?: ReadFrom): Promise<Stored<R> | undefined> {
    return this.#call(() => this.#reads.get(table, key, from))
  }

  getMany<R extends Row>(table: Table<R>, keys: readonly Key[]): Promise<(Stored<R> | undefined)[]> {
    return this.#call(() => this.#reads.getMany(table, keys))
  }

  getParts<R extends Row, C extends keyof R>(
    table: Table<R>,
    keys: readonly Key[],
    columns: readonly C[],
  ): Promise<(RowParts<R, C> | undefined)[]> {
    return this.#call(() => this.#reads.getParts(table, keys, columns))
  }

  find<R extends Row>(table: Table<R>, query: Find): Promise<Page<R>> {
    return this.#call(() => this.#reads.find(table, query))
  }

  count<R extends Row>(
    table: Table<R>,
    query: { readonly index: string; readonly eq?: readonly Value[]; readonly upTo: number },
  ): Promise<number> {
    return this.#call(() => this.#reads.count(table, query))
  }

  commit(id: BatchId, changes: readonly Change[], survives?: Survives): Promise<Outcome> {
    return this.#call(async () => {
      const now = this.#parts.now()
      const checked = checkedBatch(this.#parts.tables, id, changes, now, survives)
      const outcome = await this.#committer.commit(batchOf(checked, changes, now))
      this.#hints.give()
      this.#forget.tick(now)
      return outcome
    })
  }

  tail<R extends Row>(log: Log<R>, after: Position | undefined, limit: number): Promise<Entries<R>> {
    return this.#call(async () => {
      const { tables, connections } = this.#parts
      const { settleMs } = connections.waits
      const known = tableNamed(tables.logs, 'log', log.name)
      return await tailOf<R>((reading) => connections.read(reading), known, { after, limit, settleMs })
    })
  }

  tailNow<R extends Row>(
    log: Log<R>,
    after: Position | undefined,
    limit: number,
  ): Promise<{ readonly entries: SeenEntry<R>[] }> {
    return this.#call(async () => {
      const { tables, connections } = this.#parts
      const known = tableNamed(tables.logs, 'log', log.name)
      return await tailNowOf<R>((reading) => connections.read(reading), known, { after, limit })
    })
  }

  last(log: Log): Promise<Position | undefined> {
    return this.#call(async () => {
      const { tables, connections } = this.#parts
      const known = tableNamed(tables.logs, 'log', log.name)
      return await lastOf((reading) => connections.read(reading), known, connections.waits.settleMs)
    })
  }

  follow(follower: Follower): Promise<Following> {
    return this.#call(async () => {
      const { connections, onTrouble } = this.#parts
      const following = await followBatches(connections, follower, onTrouble && { onTrouble })
      this.#followings.add(following)
      return {
        get era() {
          return following.era
        },
        heardByAll: async (withinMs) => await following.heardByAll?.(withinMs),
        [Symbol.asyncDispose]: async () => {
          this.#followings.delete(following)
          await following[Symbol.asyncDispose]()
        },
      }
    })
  }

  snapshot(): Promise<Snapshot> {
    return this.#call(async () => {
      const { connections, schema } = this.#parts
      const taken = await takeSnapshot(connections.pool, schema)
      const snapshot: Snapshot = {
        ...taken,
        [Symbol.asyncDispose]: async () => {
          this.#snapshots.delete(snapshot)
          await taken[Symbol.asyncDispose]()
        },
      }
      this.#snapshots.add(snapshot)
      return snapshot
    })
  }

  close(): Promise<void> {
    return this.#underway.end(async () => {
      const { connections, opened, replicas } = this.#parts
      await Promise.all(Array.from(this.#followings, (following) => following[Symbol.asyncDispose]()))
      await Promise.all(Array.from(this.#snapshots, (snapshot) => snapshot[Symbol.asyncDispose]()))
      await Promise.all([this.#hints.close(), this.#forget.close(), replicas.close()])
      await opened[Symbol.asyncDispose]()
      await connections.close()
    })
  }

  /** Whose tables were taken away has no right answer to anything. */
  #call<T>(work: () => Promise<T>): Promise<T> {
    return this.#underway.run(async () => {
      const { overtaken } = this.#parts.opened
      if (overtaken !== undefined) throw overtaken
      return await work()
    })
  }

  async #run<T>(reading: Reading<T>, { from, isShort = false }: HowToRead): Promise<T> {
    const { connections, replicas } = this.#parts
    const beside = from === 'replica' ? await replicas.read(reading) : undefined
    if (beside !== undefined) return beside.answer
    return isShort ? await connections.readShort(reading) : await connections.read(reading)
  }
}
