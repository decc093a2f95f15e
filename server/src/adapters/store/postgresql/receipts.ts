import { randomInt } from 'node:crypto'
import { schemaOid } from './schema-locks.ts'
import type { SqlRow, Statement } from './statement.ts'

/** What is told on it is an ask, which whoever follows answers once it has looked; or nothing but that there is something new. */
export const hintChannel = 'lading_batches'
/** What is told on it is the ask, and the number of who has looked since. */
export const receiptChannel = 'lading_heard'

/** Of two that take the same one, the second waits for word that the first has given: it is late by the bound at worst. */
const mostNumbers = 2 ** 31
/** Whoever may use the database may say anything where asks are heard. */
const askForm = /^\d{1,10}\.\d{1,16}$/

/** Each that follows shows a lock of its number for as long as its connection lives. */
const lockSql = `SELECT pg_advisory_lock_shared(${schemaOid} << 32 | $1::bigint)`
const askSql = `SELECT pg_notify('${hintChannel}', $1), (SELECT string_agg(objid::text, ' ') FROM pg_locks
  WHERE locktype = 'advisory' AND objsubid = 1 AND granted AND classid::bigint = ${schemaOid}
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))`
const answerSql = `SELECT pg_notify('${receiptChannel}', ask || ' ' || $2) FROM unnest($1::text[]) AS ask`

interface Waiting {
  readonly heard: Set<number>
  /** undefined: who follows is not known yet. */
  missing: Set<number> | undefined
  done(): void
}

/**
 * Asks all that follow whether they have heard of what was committed, by notifications beside the commits. One that has
 * let an ask wait for as long as the asker would is waited for again once it has answered another.
 */
export class Receipts {
  /** Names one following among those of all processes. */
  readonly number: number = randomInt(1, mostNumbers)
  readonly #rows: (statement: Statement) => Promise<readonly SqlRow[]>
  readonly #waiting = new Map<string, Waiting>()
  #silent = new Set<number>()
  #count = 0
  /** Connections on which answers were heard so far. */
  #connections = 0
  #sending: Promise<unknown> = Promise.resolve()
  #next: Promise<void> | undefined

  constructor(rows: (statement: Statement) => Promise<readonly SqlRow[]>) {
    this.#rows = rows
  }

  /** On a connection that follows and hears from now on, before it looks for the first time. */
  lock(): Statement {
    // That nothing was heard on the one before may have been its own fault.
    this.#connections++
    this.#silent.clear()
    return { sql: lockSql, values: [String(this.number)] }
  }

  /** Of another one. */
  isAsk(said: string): boolean {
    return askForm.test(said) && !said.startsWith(`${this.number}.`)
  }

  /** For the asks that came before the last look. */
  answer(asks: readonly string[]): Statement {
    return { sql: answerSql, values: [[...asks], String(this.number)] }
  }

  /** What came on `receiptChannel`. */
  received(payload: string): void {
    const [ask = '', from = ''] = payload.split(' ')
    const number = Number(from)
    this.#silent.delete(number)
    const waiting = this.#waiting.get(ask)
    if (waiting === undefined) return
    waiting.heard.add(number)
    waiting.missing?.delete(number)
    if (waiting.missing?.size === 0) waiting.done()
  }

  /**
   * Settles once all others have looked since this call, or `withinMs` have passed, and as much before where another ask is
   * on its way. Never rejects.
   */
  ofAll(withinMs: number): Promise<void> {
    // Those who come while an ask is on its way share the next one.
    this.#next ??= this.#sending.then(() => {
      this.#next = undefined
      return this.#ask(withinMs)
    })
    return this.#next
  }

  async #ask(withinMs: number): Promise<void> {
    const ask = `${this.number}.${++this.#count}`
    const { promise, resolve } = Promise.withResolvers<void>()
    const waiting: Waiting = { heard: new Set(), missing: undefined, done: resolve }
    const timer = setTimeout(resolve, withinMs)
    this.#waiting.set(ask, waiting)
    const connection = this.#connections
    const sent = this.#rows({ sql: askSql, values: [ask] })
    this.#sending = Promise.race([sent.catch(() => {}), promise])
    try {
      const rows = await Promise.race([sent, promise])
      // The time is over, whoever follows.
      if (rows === undefined) return
      const following = String(rows[0]?.[1] ?? '')
        .split(' ')
        .map(Number)
      const others = new Set(following.filter((other) => other > 0 && other !== this.number))
      this.#silent = this.#silent.intersection(others)
      const missing = others.difference(this.#silent).difference(waiting.heard)
      waiting.missing = missing
      if (missing.size === 0) return
      await promise
      if (connection === this.#connections) for (const other of missing) this.#silent.add(other)
    } catch {
      // Who cannot be asked may hear no more than this process does: the time alone says that they use nothing they keep.
      await promise
    } finally {
      clearTimeout(timer)
      this.#waiting.delete(ask)
    }
  }
}
