import type { PooledClient } from '../../shared/postgresql-pooled-client.ts'
import { losesConnection } from '../../shared/postgresql-store-error-of.ts'
import { queryOf, type SqlRow, type Statement } from './statement.ts'

/** How a lane comes to its connection, and whom it tells of one that was lost. */
export interface LaneConnections {
  /** Rejects with what the driver says. */
  connect(): Promise<PooledClient>
  /** Whether others were lost after this one had last answered: it may be as deaf. */
  isSuspect(client: PooledClient): boolean
  lost(): void
}

/**
 * One connection for the short reads of everybody: what is asked within one turn of the event loop leaves the process in
 * one write, and answers come in the order of the questions. Made when it is first wanted, and again after it was lost.
 */
export class ReadLane {
  readonly #connections: LaneConnections
  readonly #answerMs: number
  #making: Promise<PooledClient> | undefined
  #client: PooledClient | undefined
  #corked: PooledClient | undefined
  readonly #asked = new Map<PooledClient, number>()
  #waiting = 0
  /** Of `performance.now()`: since when it owes an answer. */
  #owesSince = 0

  constructor(connections: LaneConnections, answerMs: number) {
    this.#connections = connections
    this.#answerMs = answerMs
  }

  /** Questions that are not answered yet. */
  get inFlight(): number {
    return this.#waiting
  }

  get isConnected(): boolean {
    return this.#client !== undefined
  }

  /** How long it has given no answer though it owes one, in ms. */
  owedMs(now: number): number {
    return this.#waiting === 0 ? 0 : now - this.#owesSince
  }

  /** Rejects with what the driver says. */
  async rows(statement: Statement): Promise<readonly SqlRow[]> {
    if (this.#waiting++ === 0) this.#owesSince = performance.now()
    try {
      const client = this.#usable() ?? (await this.#connected())
      return await this.#ask(client, statement)
    } finally {
      this.#waiting--
    }
  }

  /** To be called when nothing is in flight. */
  async close(): Promise<void> {
    const client = this.#client
    this.#client = undefined
    await client?.end()
  }

  #usable(): PooledClient | undefined {
    const client = this.#client
    if (client === undefined) return undefined
    if (!client.socket.destroyed && !this.#connections.isSuspect(client)) return client
    // What it has been asked may still be answered, in the time that there is for it.
    this.#client = undefined
    if (!this.#asked.has(client)) client.destroy()
    return undefined
  }

  async #connected(): Promise<PooledClient> {
    this.#making ??= this.#connections.connect().finally(() => {
      this.#making = undefined
    })
    const client = await this.#making
    this.#client ??= client
    return client
  }

  async #ask(client: PooledClient, statement: Statement): Promise<readonly SqlRow[]> {
    this.#asked.set(client, (this.#asked.get(client) ?? 0) + 1)
    try {
      this.#cork(client)
      const { rows } = await client.query<SqlRow[]>(queryOf(statement, this.#answerMs))
      this.#owesSince = client.usedAt = performance.now()
      return rows
    } catch (error) {
      if (losesConnection(error)) this.#lose(client)
      else this.#owesSince = client.usedAt = performance.now()
      throw error
    } finally {
      this.#answered(client)
    }
  }

  #lose(client: PooledClient): void {
    if (client !== this.#client) return
    this.#client = undefined
    client.destroy()
    this.#connections.lost()
  }

  #answered(client: PooledClient): void {
    const left = (this.#asked.get(client) ?? 1) - 1
    if (left > 0) this.#asked.set(client, left)
    else {
      this.#asked.delete(client)
      if (client !== this.#client) client.destroy()
    }
  }

  /** Until all that this turn of the event loop has to ask is there. */
  #cork(client: PooledClient): void {
    if (this.#corked === client) return
    const { socket } = client
    this.#corked = client
    socket.cork()
    process.nextTick(() => {
      if (this.#corked === client) this.#corked = undefined
      socket.uncork()
    })
  }
}
