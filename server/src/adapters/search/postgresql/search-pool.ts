import { type ClientBase, type ClientConfig, Pool, type PoolClient, type QueryArrayConfig } from 'pg'
import { SearchError } from '../../../ports/search/errors.ts'
import { clientConfig, type PostgresqlAddress } from '../../shared/postgresql-address.ts'
import type { Reached } from '../../shared/postgresql-connect-fault.ts'
import { PooledClient } from '../../shared/postgresql-pooled-client.ts'
import { losesConnection } from '../../shared/postgresql-store-error-of.ts'
import type { SqlParameter } from './bindings.ts'
import { openingFault, searchErrorOf } from './search-error-of.ts'
import type { SearchLimits, SearchWaits } from './search-options.ts'

export type SqlRow = readonly unknown[]

/** Asks one thing of the connection that it belongs to. Rejects with what the driver says. */
export type Ask = (sql: string, values?: readonly SqlParameter[]) => Promise<readonly SqlRow[]>

/** The connections of search to one server, apart from those of the store: a flood of questions stops no push. */
export class SearchPool {
  readonly #config: ClientConfig
  readonly #waits: SearchWaits
  readonly #pool: Pool
  readonly #made = new Set<PooledClient>()
  readonly #most: number
  /** Of the pool, those that the server has taken. */
  #ready = 0
  #isClosed = false

  /** Throws StoreError for an address that cannot be right. */
  constructor(address: PostgresqlAddress, limits: SearchLimits, waits: SearchWaits) {
    const config = { ...clientConfig(address, waits), types: { getTypeParser: () => asIs }, pipeline: true }
    this.#config = config as ClientConfig
    this.#waits = waits
    this.#most = limits.connections
    const made = this.#made
    class OwnClient extends PooledClient {
      constructor() {
        super(config as ClientConfig)
        made.add(this)
        this.once('end', () => made.delete(this))
      }
    }
    this.#pool = new Pool({
      ...this.#config,
      max: limits.connections,
      Client: OwnClient,
      connectionTimeoutMillis: waits.queueMs,
      onConnect: (client) => this.#begin(client, sessionSql(limits, waits)) as unknown as undefined,
    })
    // An idle connection has ended: it has left the pool already.
    this.#pool.on('error', () => {})
  }

  get reached(): Reached {
    const { host, port, database, user } = new PooledClient(this.#config)
    return { host, port, database, user }
  }

  /** A connection for some questions. The signal ends the wait at once, and what the server does for it soon after. Throws SearchError. */
  async use<T>(work: (ask: Ask) => Promise<T>, signal?: AbortSignal): Promise<T> {
    this.requireOpen()
    signal?.throwIfAborted()
    const running = this.#run(work, this.#waits.queryMs, signal)
    return await (signal === undefined ? running : unlessAborted(running, signal))
  }

  /** What is done by `work` is done whole or not at all. `statementMs` bounds each of its statements. Throws SearchError. */
  async change<T>(statementMs: number, work: (ask: Ask) => Promise<T>): Promise<T> {
    this.requireOpen()
    return await this.#run(async (ask) => {
      await ask('BEGIN READ WRITE')
      try {
        await ask(`SELECT set_config('statement_timeout', $1, true), set_config('lock_timeout', $1, true)`, [
          statementMs,
        ])
        const answer = await work(ask)
        await ask('COMMIT')
        return answer
      } catch (error) {
        if (!losesConnection(error)) await ask('ROLLBACK')
        throw error
      }
    }, statementMs)
  }

  requireOpen(): void {
    if (this.#isClosed) throw new SearchError('closed', 'the search engine was closed')
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    const late = setTimeout(() => {
      for (const client of this.#made) client.destroy()
    }, this.#waits.closeMs)
    try {
      await this.#pool.end()
    } finally {
      clearTimeout(late)
      for (const client of this.#made) client.destroy()
    }
  }

  async #run<T>(work: (ask: Ask) => Promise<T>, statementMs: number, signal?: AbortSignal): Promise<T> {
    const client = await this.#connect()
    let isLost = true
    let cancelling: Promise<void> | undefined
    const onAbort = (): void => {
      cancelling = this.#cancel(client)
    }
    if (signal?.aborted === true) {
      client.release()
      throw signal.reason
    }
    try {
      signal?.addEventListener('abort', onAbort, { once: true })
      const answer = await work(askOf(client, statementMs + this.#waits.graceMs))
      isLost = false
      return answer
    } catch (error) {
      isLost = !(error instanceof SearchError) && losesConnection(error)
      throw searchErrorOf(error)
    } finally {
      signal?.removeEventListener('abort', onAbort)
      // Whoever comes next on this connection must not be cancelled.
      await cancelling
      if (isLost) client.destroy()
      client.release(isLost || client.socket.destroyed)
    }
  }

  async #begin(client: ClientBase, settings: string): Promise<void> {
    await client.query(settings)
    this.#ready += 1
    client.once('end', () => {
      this.#ready -= 1
    })
  }

  async #connect(): Promise<PooledClient & PoolClient> {
    try {
      return (await this.#pool.connect()) as unknown as PooledClient & PoolClient
    } catch (error) {
      this.requireOpen()
      // Each of them is somebody's: the server was not even asked for another.
      if (this.#pool.idleCount === 0 && this.#ready >= this.#most)
        throw new SearchError('timeout', `all ${this.#most} connections of search were in use for too long`, {
          cause: error,
        })
      throw openingFault(error, this.reached)
    }
  }

  async #cancel(client: PooledClient): Promise<void> {
    const { processID } = client as unknown as { readonly processID: number }
    const beside = new PooledClient(this.#config)
    try {
      await beside.connect()
      await beside.query({
        text: 'SELECT pg_cancel_backend($1)',
        values: [processID],
        query_timeout: this.#waits.connectMs,
      } as never)
    } catch {
      // Then it ends by itself, when its time is over.
    } finally {
      beside.destroy()
    }
  }
}

const asIs = (text: string): string => text

function askOf(client: PooledClient, answerMs: number): Ask {
  return async (text, values = []) => {
    const config: QueryArrayConfig<SqlParameter[]> & { readonly query_timeout: number } = {
      text,
      values: [...values],
      rowMode: 'array',
      query_timeout: answerMs,
    }
    const { rows } = await client.query(config)
    return rows as readonly SqlRow[]
  }
}

async function unlessAborted<T>(running: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const onAbort = (): void => reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([running, promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

function sessionSql({ workMemory }: SearchLimits, { queryMs }: SearchWaits): string {
  const settings: Readonly<Record<string, string | number>> = {
    statement_timeout: queryMs,
    lock_timeout: queryMs,
    idle_in_transaction_session_timeout: 2 * queryMs,
    default_transaction_read_only: 'on',
    default_transaction_isolation: "'read committed'",
    client_min_messages: 'warning',
    extra_float_digits: 1,
    jit: 'off',
    plan_cache_mode: 'force_custom_plan',
    work_mem: `'${workMemory}MB'`,
    // What is asked often is in memory.
    random_page_cost: 1.1,
    // It knows nothing of what it takes to fetch the words that lie apart from every row.
    enable_seqscan: 'off',
  }
  const sets = Object.entries(settings).map(([name, value]) => `SET ${name} = ${value}`)
  // What is acknowledged is on the disk, also where the server is set to acknowledge earlier.
  const durable = `SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'`
  return [...sets, durable].join('; ')
}
