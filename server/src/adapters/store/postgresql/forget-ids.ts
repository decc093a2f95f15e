import type { Connections } from './connections.ts'

export interface ForgetLimits {
  /** How long ids are kept, in ms: twice as long as one may be repeated, since clocks differ. */
  readonly keptMs: number
  /** Between two looks for older ones. */
  readonly everyMs: number
  /** How many go in one statement. */
  readonly atOnce: number
}

export const defaultForgetLimits: ForgetLimits = { keptMs: 24 * 3_600_000, everyMs: 60_000, atOnce: 1_000 }

/** Several processes take different ones. That of the last transaction stays: who begins to follow goes on from there. */
const forgetSql = `DELETE FROM "lading_batches" WHERE "id" = ANY (ARRAY(
  SELECT "id" FROM "lading_batches" WHERE "at" < $1
    AND "xid" < (SELECT "xid" FROM "lading_batches" ORDER BY "xid" DESC LIMIT 1)
    ORDER BY "at" LIMIT $2 FOR UPDATE SKIP LOCKED)) RETURNING 1`

/** Removes the ids of batches that nobody may repeat any more, a few at a time, while the store is used. */
export class ForgetIds {
  readonly #connections: Connections
  readonly #limits: ForgetLimits
  #working: Promise<void> | undefined
  #last = Number.NEGATIVE_INFINITY
  #ended = false

  constructor(connections: Connections, limits: ForgetLimits = defaultForgetLimits) {
    this.#connections = connections
    this.#limits = limits
  }

  /** After a commit. */
  tick(now: number): void {
    if (this.#working !== undefined || this.#ended || performance.now() - this.#last < this.#limits.everyMs)
      return
    this.#last = performance.now()
    this.#working = this.#forget(now - this.#limits.keptMs).finally(() => {
      this.#working = undefined
    })
  }

  async close(): Promise<void> {
    this.#ended = true
    await this.#working
  }

  async #forget(before: number): Promise<void> {
    const { atOnce } = this.#limits
    try {
      while (!this.#ended) {
        const [gone] = await this.#connections.write([{ sql: forgetSql, values: [before, atOnce] }])
        if (gone === undefined || gone.length < atOnce) return
      }
    } catch {
      // They harm nobody, and the next look finds them again.
    }
  }
}
