import type { Connections } from './connections.ts'
import type { Reading } from './statement.ts'

interface Replica {
  readonly connections: Connections
  /** Of `performance.now()`: it has all that the primary had then. */
  asOf: number
  checking: boolean
}

/** Replicas are asked how far they are this many times within the lag that is allowed. */
const checksPerLag = 3
const shortestPauseMs = 20

const primarySql = 'SELECT pg_current_wal_lsn()::text'
const replicaSql = 'SELECT pg_is_in_recovery() AND pg_last_wal_replay_lsn() >= $1::text::pg_lsn'

/**
 * Replicas that may answer reads. One that had, at a certain moment, all that the primary had at an earlier one, has it for
 * good; so it lags by no more than the time since the latter, whatever clocks say.
 */
export class Replicas {
  readonly #primary: Connections
  readonly #replicas: readonly Replica[]
  readonly #lagMs: number
  readonly #answerMs: number
  #timer: NodeJS.Timeout | undefined
  #checks: Promise<unknown> = Promise.resolve()
  #next = 0
  #ended = false

  constructor(
    primary: Connections,
    replicas: readonly Connections[],
    { lagMs, answerMs }: { readonly lagMs: number; readonly answerMs: number },
  ) {
    this.#primary = primary
    this.#replicas = replicas.map((connections) => ({
      connections,
      asOf: Number.NEGATIVE_INFINITY,
      checking: false,
    }))
    this.#lagMs = lagMs
    this.#answerMs = answerMs
    if (replicas.length > 0) this.#checks = this.#check()
  }

  /** How many may be asked now. */
  get ready(): number {
    return this.#replicas.filter((replica) => this.#isFresh(replica)).length
  }

  /** By a replica that lags little enough, in turn; undefined where there is none, or it does not answer as it should. */
  async read<T>(reading: Reading<T>): Promise<{ readonly answer: T } | undefined> {
    const fresh = this.#replicas.filter((replica) => this.#isFresh(replica))
    const replica = fresh[this.#next++ % Math.max(1, fresh.length)]
    if (replica === undefined) return undefined
    try {
      return { answer: await replica.connections.read(reading, this.#answerMs) }
    } catch {
      // The primary answers instead, and says what is wrong if the fault is in the question.
      replica.asOf = Number.NEGATIVE_INFINITY
      return undefined
    }
  }

  async close(): Promise<void> {
    this.#ended = true
    clearTimeout(this.#timer)
    await this.#checks
    await Promise.all(this.#replicas.map(({ connections }) => connections.close()))
  }

  #isFresh({ asOf }: Replica): boolean {
    return performance.now() - asOf <= this.#lagMs
  }

  /** One that does not answer holds up neither the others nor the next look at them. */
  async #check(): Promise<void> {
    const asOf = performance.now()
    try {
      const [row] = await this.#primary.rows({ sql: primarySql, values: [] }, this.#answerMs)
      await Promise.race([
        Promise.all(
          this.#replicas.map((replica) => this.#checkOne(replica, { lsn: String(row?.[0]), asOf })),
        ),
        new Promise((resolve) => setTimeout(resolve, this.#lagMs).unref()),
      ])
    } catch {
      // Of a primary that is away no replica is known to be near.
    }
    if (this.#ended) return
    const pauseMs = Math.max(shortestPauseMs, this.#lagMs / checksPerLag)
    this.#timer = setTimeout(() => {
      this.#checks = this.#check()
    }, pauseMs)
    this.#timer.unref()
  }

  async #checkOne(replica: Replica, at: { readonly lsn: string; readonly asOf: number }): Promise<void> {
    if (replica.checking) return
    replica.checking = true
    try {
      const [row] = await replica.connections.rows({ sql: replicaSql, values: [at.lsn] }, this.#answerMs)
      if (row?.[0] === true) replica.asOf = Math.max(replica.asOf, at.asOf)
    } catch {
      replica.asOf = Number.NEGATIVE_INFINITY
    } finally {
      replica.checking = false
    }
  }
}
