import type { DatabaseSync } from 'node:sqlite'
import type { StoreErrorKind } from '../../../ports/store/errors.ts'
import type { BatchId, Outcome } from '../../../ports/store/store.ts'
import type { CheckedBatch } from '../shared/checked-batch.ts'
import type { Declared } from '../shared/declared.ts'
import { applyChange } from './apply-change.ts'
import { extendedCode, sqliteCode, sqliteCodes, storeErrorOf } from './connection.ts'
import type { Reserve } from './reserve.ts'
import { Statements } from './statements.ts'

/** What becomes of a batch, in a form that crosses threads. */
export type Answer = Outcome | { readonly error: StoreErrorKind; readonly message: string }

export interface GroupWriterOptions {
  readonly schema: Declared
  /** A connection for writing, at the schema's version. Called again after an error that may be the connection's own. */
  open(): DatabaseSync
  /** What is given up when the disk is full. */
  readonly reserve?: Pick<Reserve, 'giveUp'>
  /** What an I/O error comes from, where that can be found out. */
  trouble?(): 'full' | 'denied' | undefined
}

export interface GroupCounts {
  /** Groups that reached the disk. */
  groups: number
  batches: number
}

/** Twice the time for which an id is accepted. */
const idsKeptMs = 24 * 3_600_000
const forgottenPerGroup = 512

/**
 * Puts groups of batches into one transaction each, so that they share its fsync: one savepoint a batch. A group's
 * number, written with it, tells after an I/O error whether it is there.
 */
export class GroupWriter {
  readonly counts: GroupCounts = { groups: 0, batches: 0 }
  readonly #options: GroupWriterOptions
  #db: DatabaseSync | undefined
  /** Whether COMMIT waits for the disk. */
  #flushes = true
  #statements: Statements | undefined
  /** Of the last group that was tried. */
  #number = 0
  /** Batches of which nobody knows yet: until a group is on the disk by a new connection, a failure says nothing of them. */
  readonly #unknown = new Set<BatchId>()

  constructor(options: GroupWriterOptions) {
    this.#options = options
  }

  /** One answer a batch, in their order; `now` is the time by which old ids are forgotten. Never throws. */
  run(batches: readonly CheckedBatch[], now: number): Answer[] {
    let answers = this.#run(batches, now)
    for (const makeRoom of [() => this.#emptyLog(), () => this.#options.reserve?.giveUp() === true]) {
      const refused = batches.filter((_, at) => isFull(answers[at]))
      if (refused.length === 0) break
      if (!makeRoom()) continue
      const again = this.#run(refused, now)
      answers = answers.map((answer) => (isFull(answer) ? (again.shift() as Answer) : answer))
    }
    return answers
  }

  /** What the database has need not stay in the log, which then begins anew in the space that it has. */
  #emptyLog(): boolean {
    try {
      this.checkpoint()
      return true
    } catch {
      return false
    }
  }

  #run(batches: readonly CheckedBatch[], now: number): Answer[] {
    try {
      this.#connect()
    } catch (error) {
      this.#drop()
      return this.#alike(batches, error)
    }
    let answers: Answer[]
    try {
      this.#flush(batches.some(({ survives }) => survives === 'power'))
      answers = this.#fill(batches, now)
      if (!answers.some((answer) => 'ok' in answer && answer.ok)) {
        this.#exec('ROLLBACK')
        return answers
      }
    } catch (error) {
      return this.#alone(batches, now, error)
    }
    try {
      this.#exec('COMMIT')
    } catch (error) {
      if (sqliteCode(error) === sqliteCodes.ioError) return this.#afterIoError(batches, answers, error)
      return this.#alone(batches, now, error)
    }
    this.#knowAll()
    this.#count(batches)
    return answers
  }

  /** Brings the write-ahead log into the database as far as readers let it. */
  checkpoint(): void {
    this.#db?.exec('PRAGMA wal_checkpoint(PASSIVE)')
  }

  close(): void {
    this.#db?.close()
    this.#db = undefined
  }

  #connect(): void {
    if (this.#db !== undefined) return
    const db = this.#options.open()
    this.#db = db
    this.#flushes = true
    this.#statements = new Statements(db)
    const found = this.#statements.row('SELECT number FROM "_group"', [])
    this.#number = Math.max(this.#number, Number(found?.[0] ?? 0))
  }

  /**
   * A group of which nothing must survive a power cut is written and not flushed; the log keeps the order, so the next
   * flush is for it too. With NORMAL the log is flushed before the database takes from it, and at no other time.
   */
  #flush(flushes: boolean): void {
    if (flushes === this.#flushes) return
    this.#exec(`PRAGMA synchronous = ${flushes ? 'FULL' : 'NORMAL'}`)
    this.#flushes = flushes
  }

  #fill(batches: readonly CheckedBatch[], now: number): Answer[] {
    const statements = this.#statements as Statements
    this.#exec('BEGIN IMMEDIATE')
    this.#number += 1
    statements.run('UPDATE "_group" SET number = ?', [this.#number])
    const answers = batches.map((batch) => this.#one(statements, batch))
    const oldest = Math.max(0, now - idsKeptMs)
      .toString(16)
      .padStart(12, '0')
    const old = 'SELECT id FROM "_batches" WHERE id < ? ORDER BY id LIMIT ?'
    statements.run(`DELETE FROM "_batches" WHERE id IN (${old})`, [oldest, forgottenPerGroup])
    return answers
  }

  /** Throws where the whole transaction is lost with the batch. */
  #one(statements: Statements, batch: CheckedBatch): Answer {
    statements.run('SAVEPOINT batch', [])
    try {
      const first = statements.run('INSERT INTO "_batches" (id) VALUES (?) ON CONFLICT DO NOTHING', [
        batch.id,
      ])
      const failure = first === 1 ? this.#changes(statements, batch) : undefined
      if (failure !== undefined) statements.run('ROLLBACK TO batch', [])
      statements.run('RELEASE batch', [])
      return failure ?? { ok: true }
    } catch (error) {
      if (this.#db?.isTransaction !== true || sqliteCode(error) !== sqliteCodes.constraint) throw error
      statements.run('ROLLBACK TO batch', [])
      statements.run('RELEASE batch', [])
      return told(error)
    }
  }

  #changes(statements: Statements, batch: CheckedBatch): Outcome | undefined {
    for (const change of batch.changes) {
      const failure = applyChange(this.#options.schema, statements, change, batch.id)
      if (failure !== undefined) return failure
    }
    return undefined
  }

  /** The transaction is void: whichever batch spoilt it shall not spoil the others. */
  #alone(batches: readonly CheckedBatch[], now: number, error: unknown): Answer[] {
    try {
      if (this.#db?.isTransaction === true) this.#exec('ROLLBACK')
      // One opened for reading only, or whose files were moved, stays so however well the disk is again.
      if (connectionFaults.has(sqliteCode(error) ?? 0)) this.#drop()
    } catch {
      // A connection that cannot take back its transaction is of no more use; closing it takes it back.
      this.#drop()
    }
    if (batches.length === 1) return this.#alike(batches, error)
    return batches.flatMap((batch) => this.#run([batch], now))
  }

  /**
   * The group may be in the log whole, and a crash could bring it back even where it is not seen now. So look for its
   * number, then commit once more: what was not seen is overwritten, what was seen is synced.
   */
  #afterIoError(batches: readonly CheckedBatch[], answers: Answer[], error: unknown): Answer[] {
    const number = this.#number
    // Found once: a commit made below, if it got through, has another number.
    let applied: boolean | undefined
    for (;;) {
      this.#drop()
      try {
        this.#connect()
        applied ??= Number(this.#statements?.row('SELECT number FROM "_group"', [])?.[0]) === number
        this.#emptyLog()
        // What could not even be written, its end least of all, is in no log.
        if (!applied && extendedCode(error) === sqliteCodes.ioErrorWrite) return this.#alike(batches, error)
        this.#number += 1
        this.#flush(true)
        this.#exec(`BEGIN IMMEDIATE; UPDATE "_group" SET number = ${this.#number}; COMMIT`)
        break
      } catch (again) {
        this.#drop()
        if (this.#options.reserve?.giveUp() === true) continue
        for (const { id } of batches) this.#unknown.add(id)
        return this.#alike(batches, again)
      }
    }
    this.#knowAll()
    if (!applied) return this.#alike(batches, error)
    this.#count(batches)
    return answers
  }

  #drop(): void {
    try {
      this.#db?.close()
    } catch {
      // Nothing more can be asked of it.
    }
    this.#db = undefined
  }

  /** Each failed by the same error; of one whose outcome was unknown before, it stays so. */
  #alike(batches: readonly CheckedBatch[], error: unknown): Answer[] {
    const failure = told(error)
    const disk = diskFaults.has(sqliteCode(error) ?? 0) ? this.#options.trouble?.() : undefined
    return batches.map(({ id }) => ({
      ...failure,
      error: this.#unknown.has(id) ? 'unknown' : (disk ?? failure.error),
    }))
  }

  #knowAll(): void {
    // Also where it is empty, `clear` makes a new table, and nothing but a full collection would take those: see PassingMap.
    if (this.#unknown.size > 0) this.#unknown.clear()
  }

  #count(batches: readonly CheckedBatch[]): void {
    this.counts.groups += 1
    this.counts.batches += batches.length
  }

  #exec(sql: string): void {
    this.#db?.exec(sql)
  }
}

/** READONLY, IOERR, CANTOPEN. */
const connectionFaults: ReadonlySet<number> = new Set([
  sqliteCodes.readOnly,
  sqliteCodes.ioError,
  sqliteCodes.cannotOpen,
])

/** IOERR, CANTOPEN: they do not say what the system said. */
const diskFaults: ReadonlySet<number> = new Set([sqliteCodes.ioError, sqliteCodes.cannotOpen])

const isFull = (answer: Answer | undefined): boolean =>
  answer !== undefined && 'error' in answer && answer.error === 'full'

function told(error: unknown): { readonly error: StoreErrorKind; readonly message: string } {
  const { kind, message } = storeErrorOf(error)
  return { error: kind, message }
}
