import type { Follower, Following } from '../../../ports/store/store.ts'
import { touchedHashes } from './batch-sql.ts'
import type { Connections } from './connections.ts'
import type { PooledClient } from './pooled-client.ts'
import { hintChannel, Receipts, receiptChannel } from './receipts.ts'
import { queryOf, type SqlRow, type Statement } from './statement.ts'
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
  readonly #receipts: Receipts
  #client: PooledClient | undefined
  #era = ''
  #snapshot = ''
  /** Of the transactions that were told. */
  #highest = 0
  #ended = false
  #looping: Promise<void> = Promise.resolve()
  #wake: () => void = () => {}
  #hinted = false
  /** By others, since the last look began. */
  #asks: string[] = []

  constructor(connections: Connections, follower: Follower, times: FollowTimes) {
    this.#connections = connections
    this.#follower = follower
    this.#times = times
    this.#receipts = new Receipts((statement) =>
      connections.readShort({ ...statement, answer: (found) => found }),
    )
  }

  /** It changes where the server is replaced while it is followed; `lost` was told before. */
  get era(): string {
    return this.#era
  }

  async heardByAll(withinMs: number): Promise<void> {
    if (!this.#ended) await this.#receipts.ofAll(withinMs)
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
      this.#asks = []
      client.on('notification', ({ channel, payload = '' }) => this.#told(channel, payload))
      await this.#rows(client, { sql: `LISTEN ${hintChannel}`, values: [] })
      await this.#rows(client, { sql: `LISTEN ${receiptChannel}`, values: [] })
      await this.#rows(client, this.#receipts.lock())
      const [era] = await this.#rows(client, { sql: eraSql, values: [] })
      if (era === undefined) throw new Error('the database does not say what it is')
      const asOf = instant()
      const [now] = await this.#rows(client, { sql: snapshotSql, values: [] })
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
      const asks = this.#asks
      this.#asks = []
      const asOf = instant()
      const found = await this.#rows(client, { sql: deltaSql, values: [this.#snapshot] })
      if (this.#ended) return
      const [snapshot, xmin] = [String(found[0]?.[0]), Number(found[0]?.[1])]
      for (const [, , xid, touched] of found) {
        if (xid === null) continue
        this.#follower.touched(touchedHashes(touched as Uint8Array | null), Number(xid))
        this.#highest = Math.max(this.#highest, Number(xid))
      }
      this.#snapshot = snapshot
      if (asks.length > 0) await this.#rows(client, this.#receipts.answer(asks))
      if (this.#highest < xmin || performance.now() > end) {
        this.#follower.current(xmin, asOf)
        return
      }
      await this.#untilHinted(this.#times.unsettledMs)
    }
  }

  async #rows(client: PooledClient, statement: Statement): Promise<readonly SqlRow[]> {
    return (await client.query(queryOf(statement, this.#times.lookMs))).rows
  }

  #told(channel: string, payload: string): void {
    if (channel === receiptChannel) {
      this.#receipts.received(payload)
      return
    }
    if (payload !== '' && !this.#receipts.isOwn(payload)) this.#asks.push(payload)
    this.#hint()
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
