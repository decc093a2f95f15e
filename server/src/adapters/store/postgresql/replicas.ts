import { StoreError } from '../../../ports/store/errors.ts'
import { connectFault } from '../../shared/postgresql-connect-fault.ts'
import type { Connections } from './connections.ts'
import { databaseSql } from './database-sql.ts'
import type { Reading } from './statement.ts'

interface Replica {
  readonly connections: Connections
  /** Of `performance.now()`: it has all that the primary had then. */
  asOf: number
  checking: boolean
  /** Why it cannot be read from, as was told; undefined while it can be. */
  told: Trouble['sort'] | undefined
}

/** `away`: it cannot be asked. `unfit`: it can, and is no replica of this database. */
interface Trouble {
  readonly sort: 'away' | 'unfit'
  readonly words: string
}

/** `trouble`: why a replica, `host:port`, cannot be read from, in words without a secret; undefined once it can be again. */
export type OnReplica = (replica: string, trouble: string | undefined) => void

/** How far the primary was, which database it is, and when that was asked. */
interface Place {
  readonly lsn: string
  readonly database: unknown
  readonly asOf: number
}

interface ReplicaBounds {
  readonly lagMs: number
  readonly answerMs: number
  readonly onReplica?: OnReplica | undefined
}

/** Replicas are asked how far they are this many times within the lag that is allowed. */
const checksPerLag = 3
const shortestPauseMs = 20

const primarySql = `SELECT pg_current_wal_lsn()::text, ${databaseSql}`
const replicaSql = `SELECT pg_is_in_recovery(), pg_is_in_recovery() AND pg_last_wal_replay_lsn() >= $1::text::pg_lsn,
  ${databaseSql}`

/**
 * Replicas that may answer reads. One that had, at a certain moment, all that the primary had at an earlier one, has it for
 * good; so it lags by no more than the time since the latter, whatever clocks say.
 */
export class Replicas {
  readonly #primary: Connections
  readonly #replicas: readonly Replica[]
  readonly #lagMs: number
  readonly #answerMs: number
  readonly #onReplica: OnReplica | undefined
  #timer: NodeJS.Timeout | undefined
  #checks: Promise<unknown> = Promise.resolve()
  #next = 0
  #ended = false

  constructor(
    primary: Connections,
    replicas: readonly Connections[],
    { lagMs, answerMs, onReplica }: ReplicaBounds,
  ) {
    this.#primary = primary
    this.#replicas = replicas.map((connections) => ({
      connections,
      asOf: Number.NEGATIVE_INFINITY,
      checking: false,
      told: undefined,
    }))
    this.#lagMs = lagMs
    this.#answerMs = answerMs
    this.#onReplica = onReplica
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
      const at = { lsn: String(row?.[0]), database: row?.[1], asOf }
      await Promise.race([
        Promise.all(this.#replicas.map((replica) => this.#checkOne(replica, at))),
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

  async #checkOne(replica: Replica, at: Place): Promise<void> {
    if (replica.checking) return
    replica.checking = true
    try {
      const [row] = await replica.connections.rows({ sql: replicaSql, values: [at.lsn] }, this.#answerMs)
      const [follows, isThere, database] = row ?? []
      const trouble = unfit(follows === true, database === at.database)
      if (isThere === true && trouble === undefined) replica.asOf = Math.max(replica.asOf, at.asOf)
      this.#tell(replica, trouble)
    } catch (error) {
      replica.asOf = Number.NEGATIVE_INFINITY
      this.#tell(replica, { sort: 'away', words: wordsOf(error, replica.connections) })
    } finally {
      replica.checking = false
    }
  }

  /** Once for each sort of trouble: how it cannot be reached may be said otherwise at every look. */
  #tell(replica: Replica, trouble: Trouble | undefined): void {
    if (replica.told === trouble?.sort || this.#ended) return
    replica.told = trouble?.sort
    const { host = 'localhost', port } = replica.connections.reached
    this.#onReplica?.(`${host}:${port}`, trouble?.words)
  }
}

function unfit(follows: boolean, isSame: boolean): Trouble | undefined {
  if (!follows) return { sort: 'unfit', words: 'it follows nobody: it is no copy, or not any more' }
  return isSame ? undefined : { sort: 'unfit', words: 'it is a copy of another database' }
}

/** What keeps a connection from being made is said as of the primary. */
function wordsOf(error: unknown, { reached }: Connections): string {
  const cause = error instanceof StoreError ? (error.cause ?? error) : error
  return connectFault(cause, reached).message
}
