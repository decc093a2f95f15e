import { type ClientConfig, Pool, type PoolClient } from 'pg'
import { StoreError } from '../../../ports/store/errors.ts'
import { clientConfig, type PostgresqlAddress } from '../../shared/postgresql-address.ts'
import type { Reached } from '../../shared/postgresql-connect-fault.ts'
import { PooledClient } from '../../shared/postgresql-pooled-client.ts'
import { losesConnection, storeErrorOf } from '../../shared/postgresql-store-error-of.ts'
import { readOnlySetting, sessionSql } from './connection-settings.ts'
import { type LaneLimits, ReadLanes } from './read-lanes.ts'
import { sendWhole } from './send-whole.ts'
import { sqlTypeParsers } from './sql-values.ts'
import { queryOf, type Reading, type SqlRow, type Statement } from './statement.ts'
import type { PostgresqlWaits } from './waits.ts'

/** Connections: all there are, those that nobody uses, and callers that wait for one. */
export interface PoolFigures {
  readonly total: number
  readonly idle: number
  readonly waiting: number
}

const noLanes: LaneLimits = { lanes: 0, inFlight: 0, owedMs: 0 }

/**
 * The connections to one server. Those of the pool are used by one caller at a time; short reads share others. Each is
 * thrown away where it fails.
 */
export class Connections {
  readonly pool: Pool
  readonly waits: PostgresqlWaits
  readonly #config: ClientConfig
  /** Of the pool. */
  readonly #most: number
  /** Of the pool, those that the server has taken. */
  #standing = 0
  readonly #made = new Set<PooledClient>()
  readonly #lanes: ReadLanes
  /** What was given back earlier than this may be as deaf as the connection that was lost then. */
  #suspectBefore = Number.NEGATIVE_INFINITY

  constructor(
    address: PostgresqlAddress,
    max: { readonly all: number; readonly shared?: LaneLimits },
    waits: PostgresqlWaits,
  ) {
    const { all, shared = noLanes } = max
    this.waits = waits
    const config = { ...clientConfig(address, waits), types: sqlTypeParsers, pipeline: true }
    this.#config = config
    this.#most = all - shared.lanes
    const made = this.#made
    class OwnClient extends PooledClient {
      constructor() {
        super(config)
        made.add(this)
        this.once('end', () => made.delete(this))
      }
    }
    this.pool = new Pool({
      ...config,
      max: this.#most,
      Client: OwnClient,
      // Of who waits for a connection that is free; one that is made has a limit of its own.
      connectionTimeoutMillis: waits.queueMs,
      onConnect: (client) => this.#ready(client as unknown as PooledClient) as unknown as undefined,
    })
    // An idle connection has ended: it has left the pool already.
    this.pool.on('error', () => {})
    this.#lanes = new ReadLanes(
      {
        connect: () => this.connectBeside(),
        isSuspect: ({ usedAt }) => usedAt < this.#suspectBefore,
        lost: () => this.#suspect(),
      },
      shared,
      waits.answerMs,
    )
  }

  get reached(): Reached {
    const { host, port, database, user } = new PooledClient(this.#config)
    return { host, port, database, user }
  }

  /** A connection beside the pool, told the same at its beginning. Rejects with what the driver says. */
  async connectBeside(): Promise<PooledClient> {
    const client = new PooledClient(this.#config)
    this.#made.add(client)
    client.once('end', () => this.#made.delete(client))
    try {
      await client.connect()
      await prepared(client, this.waits)
      return client
    } catch (error) {
      client.destroy()
      throw error
    }
  }

  /** Throws StoreError `transient` where none is free or can be made in time, else what `work` throws. */
  async use<T>(work: (client: PooledClient) => Promise<T>): Promise<T> {
    const client = await this.#acquire()
    let lost = true
    try {
      const answer = await work(client)
      lost = false
      return answer
    } catch (error) {
      lost = !(error instanceof StoreError) && losesConnection(error)
      throw error
    } finally {
      this.#release(client, lost)
    }
  }

  /** Throws StoreError. */
  async read<T>(reading: Reading<T>, answerMs: number = this.waits.answerMs): Promise<T> {
    return reading.answer(await this.rows(reading, answerMs))
  }

  /** Of what is answered at once, and so waits for others that are. Throws StoreError. */
  async readShort<T>(reading: Reading<T>): Promise<T> {
    const rows = this.#lanes.rows(reading)
    if (rows === undefined) return await this.read(reading)
    try {
      return reading.answer(await rows)
    } catch (error) {
      throw storeErrorOf(error)
    }
  }

  /** Throws StoreError. */
  async rows(statement: Statement, answerMs: number = this.waits.answerMs): Promise<readonly SqlRow[]> {
    try {
      return await this.use(async (client) => (await client.query(queryOf(statement, answerMs))).rows)
    } catch (error) {
      throw storeErrorOf(error)
    }
  }

  /** Statements that are one transaction; the rows of each. Throws StoreError, also where its end is not known. */
  async write(
    statements: readonly Statement[],
    answerMs: number = this.waits.answerMs,
  ): Promise<readonly (readonly SqlRow[])[]> {
    const queries = statements.map((statement) => queryOf(statement))
    try {
      return await this.use(async (client) => {
        const ended = await sendWhole(client, { queries, answerMs })
        if (ended.is !== 'committed') throw ended.error
        return ended.answers.map(({ rows }) => rows)
      })
    } catch (error) {
      throw storeErrorOf(error)
    }
  }

  figures(): PoolFigures {
    const { totalCount, idleCount, waitingCount } = this.pool
    const { total, idle } = this.#lanes.figures()
    return { total: totalCount + total, idle: idleCount + idle, waiting: waitingCount }
  }

  /** To be called once, when nothing is under way. What does not end in time is ended. */
  async close(): Promise<void> {
    const late = setTimeout(() => {
      for (const client of this.#made) client.destroy()
    }, this.waits.closeMs)
    try {
      await Promise.all([this.pool.end(), this.#lanes.close()])
    } finally {
      clearTimeout(late)
      for (const client of this.#made) client.destroy()
    }
  }

  async #ready(client: PooledClient): Promise<void> {
    await prepared(client, this.waits)
    this.#standing += 1
    client.once('end', () => {
      this.#standing -= 1
    })
  }

  async #acquire(): Promise<PooledClient & PoolClient> {
    for (;;) {
      const client = await this.#connect()
      if (!client.socket.destroyed && client.usedAt >= this.#suspectBefore) return client
      client.destroy()
      client.release(true)
    }
  }

  async #connect(): Promise<PooledClient & PoolClient> {
    try {
      return (await this.pool.connect()) as unknown as PooledClient & PoolClient
    } catch (error) {
      const { kind, message } = storeErrorOf(error)
      // Each of them is somebody's: the server was not even asked for another.
      const isBusy = kind === 'transient' && this.pool.idleCount === 0 && this.#standing >= this.#most
      const why = isBusy ? `all ${this.#most} connections are in use (store.connections)` : message
      throw new StoreError(kind, `no connection: ${why}`, { cause: error, isBusy })
    }
  }

  #release(client: PooledClient & PoolClient, lost: boolean): void {
    client.usedAt = performance.now()
    if (lost) {
      this.#suspect()
      client.destroy()
    }
    client.release(lost || client.socket.destroyed)
  }

  #suspect(): void {
    this.#suspectBefore = performance.now()
  }
}

async function prepared(client: PooledClient, waits: PostgresqlWaits): Promise<void> {
  const text = `SHOW ${readOnlySetting}; ${sessionSql(waits)}`
  // The driver answers several statements by a list, of which its types do not tell.
  const told: unknown = await client.query({
    text,
    query_timeout: waits.connectMs,
    rowMode: 'array',
  } as never)
  const [{ rows: [row] = [] } = {}] = told as readonly { readonly rows?: readonly SqlRow[] }[]
  client.isReadOnly = row?.[0] !== 'off'
}
