import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { SqlValue } from './table-sql.ts'

/** Use cases have few shapes; a bound for those that do not. */
const keptStatements = 500

/** A connection's prepared statements, by their text. Rows come as arrays, read to their end. */
export class Statements {
  readonly #db: DatabaseSync
  readonly #kept = new Map<string, StatementSync>()

  constructor(db: DatabaseSync) {
    this.#db = db
  }

  /** How many rows it changed. */
  run(sql: string, values: readonly SqlValue[]): number {
    return Number(this.#prepared(sql).run(...values).changes)
  }

  row(sql: string, values: readonly SqlValue[]): readonly SqlValue[] | undefined {
    return this.#prepared(sql).get(...values) as readonly SqlValue[] | undefined
  }

  rows(sql: string, values: readonly SqlValue[]): (readonly SqlValue[])[] {
    return this.#prepared(sql).all(...values) as unknown as (readonly SqlValue[])[]
  }

  #prepared(sql: string): StatementSync {
    const known = this.#kept.get(sql)
    if (known !== undefined) return known
    if (this.#kept.size >= keptStatements) this.#kept.clear()
    const fresh = this.#db.prepare(sql)
    fresh.setReturnArrays(true)
    this.#kept.set(sql, fresh)
    return fresh
  }
}
