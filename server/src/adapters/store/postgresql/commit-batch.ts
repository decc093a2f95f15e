import { setTimeout as pause } from 'node:timers/promises'
import { StoreError } from '../../../ports/store/errors.ts'
import type { Outcome } from '../../../ports/store/store.ts'
import {
  codes,
  isCollision,
  losesConnection,
  sqlState,
  storeErrorOf,
} from '../../shared/postgresql-store-error-of.ts'
import type { CheckedChange } from '../shared/checked-batch.ts'
import type { Declared, DeclaredTable } from '../shared/declared.ts'
import type { KeptRow } from '../shared/kept-row.ts'
import { failedGuard } from '../shared/row-rules.ts'
import { type Batch, isVoidStatement, voidStatement } from './batch-sql.ts'
import { unmet } from './change-sql.ts'
import type { Connections } from './connections.ts'
import type { Group } from './grouped-changes.ts'
import { rowReading } from './readings.ts'
import { sendBatch } from './send-batch.ts'
import { uniqueName } from './table-sql.ts'

export interface CommitLimits {
  /** How often a batch is tried that others collide with. */
  readonly tries: number
  /** The longest pause before the second try, in ms; it grows with each. */
  readonly pauseMs: number
}

export const defaultCommitLimits: CommitLimits = { tries: 10, pauseMs: 20 }

const ok: Outcome = { ok: true }
/** Between two looks at what became of a batch, while the server is away. */
const claimPauseMs = 100

/** Commits batches on the connections of one server. */
export class BatchCommitter {
  readonly #connections: Connections
  readonly #schema: Declared
  readonly #limits: CommitLimits

  constructor(connections: Connections, schema: Declared, limits: CommitLimits = defaultCommitLimits) {
    this.#connections = connections
    this.#schema = schema
    this.#limits = limits
  }

  /** Throws StoreError. */
  async commit(batch: Batch): Promise<Outcome> {
    const { tries, pauseMs } = this.#limits
    for (let attempt = 1; attempt <= tries; attempt++) {
      const outcome = await this.#once(batch, false)
      if (outcome !== 'again') return outcome
      await pause(Math.random() * pauseMs * attempt)
    }
    throw new StoreError('transient', `PostgreSQL: other batches collided with this one ${tries} times`)
  }

  async #once(batch: Batch, isEachAlone: boolean): Promise<Outcome | 'again'> {
    const { answerMs } = this.#connections.waits
    const lost: { error?: unknown } = {}
    const sent = await this.#connections
      .use(async (client) => {
        const answer = await sendBatch(client, this.#schema, batch, { answerMs, isEachAlone })
        // Thrown so that others that may be lost too are not used again.
        if (answer.is !== 'lost' || !losesConnection(answer.error)) return answer
        lost.error = answer.error
        throw new Error('the connection was lost', { cause: answer.error })
      })
      .catch((error: unknown) => {
        if ('error' in lost) return { is: 'lost', error: lost.error } as const
        throw storeErrorOf(error)
      })
    switch (sent.is) {
      case 'applied':
        return ok
      case 'lost':
        return await this.#claim(batch, sent.error)
      case 'refused':
        return await this.#refusal(batch, sent.at, sent.error)
    }
  }

  async #refusal(batch: Batch, group: Group | 'id' | 'begin', error: unknown): Promise<Outcome | 'again'> {
    if (isCollision(error)) return 'again'
    if (group === 'id' && sqlState(error) === codes.unique) return await this.#known(batch)
    if (group === 'begin') throw notBegun(error)
    if (group === 'id') throw storeErrorOf(error)
    const [at] = group
    if (at.do === 'append') throw storeErrorOf(error)
    if (sqlState(error) === codes.unique) {
      // Of several rows it is not known which: they are tried one by one.
      if (group.length > 1) return await this.#once(batch, true)
      return { ok: false, change: at.at, why: 'exists', ...uniqueKeyOf(this.#table(at.table), error) }
    }
    if (at.do !== 'insert' && isUnmet(error)) return await this.#unmetGuard(at)
    throw storeErrorOf(error)
  }

  /** As the row is now; where it has become what the change asks for, the batch is tried again. */
  async #unmetGuard(change: Exclude<CheckedChange, { do: 'append' | 'insert' }>): Promise<Outcome | 'again'> {
    const table = this.#table(change.table)
    const row = await this.#connections.read(rowReading(table, change.key))
    const why = row === undefined ? 'missing' : failedGuard(table, row as KeptRow, change)
    return why === undefined ? 'again' : { ok: false, change: change.at, why }
  }

  /** The id is taken: by this batch, sent before, or for nothing. */
  async #known(batch: Batch): Promise<Outcome> {
    const [row] = await this.#connections.rows(isVoidStatement(batch))
    if (row?.[0] === false) return ok
    if (row?.[0] === true) throw voided()
    throw new StoreError('transient', 'PostgreSQL: the batch was refused as known, and is not')
  }

  /**
   * Takes the id for nothing on another connection, so that the batch can no longer apply, unless it has. Throws `transient`
   * where it is void now, and `unknown` where even that is not known.
   */
  async #claim(batch: Batch, cause: unknown): Promise<Outcome> {
    const { claimMs } = this.#connections.waits
    const end = performance.now() + claimMs
    for (;;) {
      try {
        const [, rows] = await this.#connections.write([voidStatement(batch), isVoidStatement(batch)])
        if (rows?.[0]?.[0] === false) return ok
        if (rows?.[0]?.[0] === true) throw voided()
        throw new Error('the id was taken, and is not there')
      } catch (error) {
        if (error instanceof StoreError && error.isVoid) throw error
        if (performance.now() + claimPauseMs > end) {
          const said = storeErrorOf(cause).message
          throw new StoreError('unknown', `${said}; and what became of the batch cannot be asked now`, {
            cause: error,
          })
        }
      }
      await pause(claimPauseMs)
    }
  }

  #table(name: string): DeclaredTable {
    return this.#schema.tables.get(name) as DeclaredTable
  }
}

function voided(): StoreError {
  return new StoreError('transient', 'PostgreSQL: the connection was lost, and the batch was not applied', {
    isVoid: true,
  })
}

/** Of a server that has become one which only follows another, which says of it that it cannot. */
function notBegun(error: unknown): StoreError {
  const known = storeErrorOf(error)
  return sqlState(error) === codes.unsupported
    ? new StoreError('denied', known.message, { cause: error })
    : known
}

const isUnmet = (error: unknown): boolean =>
  sqlState(error) === codes.invalidText && (error as Error).message.includes(unmet)

/** None where it is the primary key that is taken. */
function uniqueKeyOf(table: DeclaredTable, error: unknown): { readonly uniqueKey?: string } {
  const { constraint } = error as { readonly constraint?: string }
  for (const name of table.unique.keys()) {
    if (uniqueName(table.name, name) === constraint) return { uniqueKey: name }
  }
  return {}
}
