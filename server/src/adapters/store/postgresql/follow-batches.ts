import type { Follower, Following } from '../../../ports/store/store.ts'
import { touchedHashes } from './batch-sql.ts'
import type { Connections } from './connections.ts'
import type { PooledClient } from './pooled-client.ts'
import { queryOf, type SqlRow } from './statement.ts'
import { storeErrorOf } from './store-error-of.ts'

/** Times of a following, in ms. */
export interface FollowTimes {
  /** Between two looks at what has been committed, where nobody gives a hint. */
  readonly everyMs: number
  /** A look that takes longer breaks the following. */
  readonly lookMs: number
  /** While transactions are under way that began before what was told, it is looked again so soon … */
  readonly unsettledMs: number
  /** … but no longer than this in a row. */
  readonly settleMs: number
}

export const defaultFollowTimes: FollowTimes = { everyMs: 200, lookMs: 1_000, unsettledMs: 10, settleMs: 400 }

/** What is told on it is only that there is something to be looked at. */
export const hintChannel = 'lading_batches'

/**
 * What has become visible since the snapshot before, and what this one is: transactions become visible in another order
 * than that of their numbers, so no number alone says where to go on.
 */
const deltaSql = `SELECT pg_current_snapshot()::text, pg_snapshot_xmin(pg_current_snapshot()), b."xid", b."touched"
  FROM (SELECT 1) AS one LEFT JOIN "lading_batches" AS b
    ON b."xid" >= pg_snapshot_xmin($1::text::pg_snapshot) AND NOT b."void"
    AND NOT pg_visible_in_snapshot(b."xid", $1::text::pg_snapshot)`
const snapshotSql = 'SELECT pg_current_snapshot()::text, pg_snapshot_xmin(pg_current_snapshot())'
/** What marks can be compared within: the data's own name, that of the server's files, and how often a replica took over. */
const eraSql = `SELECT "value", (SELECT system_identifier::text FROM pg_control_system()),
  substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8) FROM "lading_state" WHERE "name" = 'era'`

const instant = (): number => performance.timeOrigin + performance.now()

/** Follows what is committed, on a connection of its own. Settles once the first `current` was told. Throws StoreError. */
export async function followBatches(
  connections: Connections,
  follower: Follower,
  times: FollowTimes = defaultFollowTimes,
): Promise<Following> {
  const following = new BatchFollowing(connections, follower, times)
  try {
    await following.begin()
    return following
  } catch (error) {
    await following[Symbol.asyncDispose]()
    throw storeErrorOf(error)
  }
}

class BatchFollowing implements Following {
  readonly #connections: Connections
  readonly #follower: Follower
  readonly #times: FollowTimes
  #client: PooledClient | undefined
  #era = ''
  #snapshot = ''
  /** Of the transactions that were told. */
  #highest = 0
  #ended = false
  #looping: Promise<void> = Promise.resolve()
  #wake: () => void = () => {}
  #hinted = false

  constructor(connections: Connections, follower: Follower, times: FollowTimes) {
    this.#connections = connections
    this.#follower = follower
    this.#times = times
  }

  /** It changes where the server is replaced while it is followed; `lost` was told before. */
  get era(): string {
    return this.#era
  }

  async begin(): Promise<void> {
    await this.#start()
    this.#looping = this.#loop()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended = true
    this.#hint()
    await this.#looping
    this.#client?.destroy()
  }

  async #loop(): Promise<void> {
    while (!this.#ended) {
      await this.#untilHinted(this.#times.everyMs)
      if (this.#ended) return
      try {
        if (this.#client === undefined) await this.#start()
        else await this.#look(this.#client)
      } catch {
        // Whatever it was: what was missed is not known, and the next turn begins anew.
        this.#break()
      }
    }
  }

  #break(): void {
    const broken = this.#client
    this.#client = undefined
    broken?.destroy()
    if (broken !== undefined && !this.#ended) this.#follower.lost()
  }

  /** From here on. */
  async #start(): Promise<void> {
    const client = await this.#connections.connectBeside()
    try {
      client.on('notification', () => this.#hint())
      await this.#rows(client, `LISTEN ${hintChannel}`)
      const [era] = await this.#rows(client, eraSql)
      if (era === undefined) throw new Error('the database does not say what it is')
      const asOf = instant()
      const [now] = await this.#rows(client, snapshotSql)
      this.#era = era.join('.')
      this.#snapshot = String(now?.[0])
      this.#highest = 0
      this.#client = client
      if (!this.#ended) this.#follower.current(Number(now?.[1]), asOf)
    } catch (error) {
      client.destroy()
      throw error
    }
  }

  /** Tells what is new; and that all is told, at once, or after earlier transactions have had a moment to end. */
  async #look(client: PooledClient): Promise<void> {
    const end = performance.now() + this.#times.settleMs
    for (;;) {
      this.#hinted = false
      const asOf = instant()
      const found = await this.#rows(client, deltaSql, [this.#snapshot])
      if (this.#ended) return
      const [snapshot, xmin] = [String(found[0]?.[0]), Number(found[0]?.[1])]
      for (const [, , xid, touched] of found) {
        if (xid === null) continue
        this.#follower.touched(touchedHashes(touched as Uint8Array | null), Number(xid))
        this.#highest = Math.max(this.#highest, Number(xid))
      }
      this.#snapshot = snapshot
      if (this.#highest < xmin || performance.now() > end) {
        this.#follower.current(xmin, asOf)
        return
      }
      await this.#untilHinted(this.#times.unsettledMs)
    }
  }

  async #rows(client: PooledClient, sql: string, values: string[] = []): Promise<readonly SqlRow[]> {
    return (await client.query(queryOf({ sql, values }, this.#times.lookMs))).rows
  }

  #hint(): void {
    this.#hinted = true
    this.#wake()
  }

  #untilHinted(ms: number): Promise<void> {
    if (this.#hinted) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}
