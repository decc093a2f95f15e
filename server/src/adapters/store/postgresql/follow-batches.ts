import { StoreError } from '../../../ports/store/errors.ts'
import type { Follower, Following } from '../../../ports/store/store.ts'
import type { PooledClient } from '../../shared/postgresql-pooled-client.ts'
import { storeErrorOf } from '../../shared/postgresql-store-error-of.ts'
import { touchedHashes } from './batch-sql.ts'
import type { Connections } from './connections.ts'
import { batchesEndedSql, beginSql, deltaSql, eraSql, lookOf, openSql } from './follow-sql.ts'
import { Marks } from './marks.ts'
import { hintChannel, Receipts, receiptChannel } from './receipts.ts'
import { queryOf, type SqlRow, type Statement } from './statement.ts'

/** Times of a following, in ms. */
export interface FollowTimes {
  /** Between two looks at what has been committed, where nobody gives a hint. */
  readonly everyMs: number
  /** A look that takes longer breaks the following. */
  readonly lookMs: number
  /** While the mark is not past what was told, since earlier transactions are under way or its log is, it is looked again so soon … */
  readonly unsettledMs: number
  /** … but no longer than this in a row. */
  readonly settleMs: number
  /** A transaction that holds up the mark for longer is told of. */
  readonly longMs: number
}

export interface FollowOptions extends Partial<FollowTimes> {
  /** What people should know. */
  readonly onTrouble?: (error: StoreError) => void
}

export const defaultFollowTimes: FollowTimes = {
  everyMs: 200,
  lookMs: 1_000,
  unsettledMs: 10,
  settleMs: 400,
  longMs: 60_000,
}

const instant = (): number => performance.timeOrigin + performance.now()

/** Follows what is committed, on a connection of its own. Settles once the first `current` was told. Throws StoreError. */
export async function followBatches(
  connections: Connections,
  follower: Follower,
  options: FollowOptions = {},
): Promise<Following> {
  const following = new BatchFollowing(connections, follower, options)
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
  readonly #onTrouble: FollowOptions['onTrouble']
  readonly #receipts: Receipts
  #client: PooledClient | undefined
  #era = ''
  #snapshot = ''
  /** Of the transactions that were told. */
  #highest = 0
  #marks: Marks | undefined
  /** The time that was told last. */
  #asOf = Number.NEGATIVE_INFINITY
  /** Of `performance.now()`: until then it is looked again soon. */
  #settleBy: number | undefined
  /** What was told when that time was over. */
  #gaveUpAt = 0
  /** The oldest transaction under way, since when (`performance.now()`), and whether people were told of it. */
  #oldest = { xid: 0, since: 0, isTold: false }
  /** As was found after the last look: below it no batch is under way any more. And the oldest transaction in that look. */
  #batchesEnded = 0
  #heldUpBy = 0
  #ended = false
  #looping: Promise<void> = Promise.resolve()
  #wake: () => void = () => {}
  #hinted = false
  /** By others, since the last look began. */
  #asks: string[] = []

  constructor(connections: Connections, follower: Follower, { onTrouble, ...times }: FollowOptions) {
    this.#connections = connections
    this.#follower = follower
    this.#times = { ...defaultFollowTimes, ...times }
    this.#onTrouble = onTrouble
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
      const { everyMs, unsettledMs } = this.#times
      await this.#untilHinted(this.#settleBy === undefined ? everyMs : unsettledMs)
      if (this.#ended) return
      try {
        if (this.#client === undefined || this.#marks === undefined) await this.#start()
        else await this.#look(this.#client, this.#marks)
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
      const [now = []] = await this.#rows(client, { sql: beginSql, values: [] })
      const { snapshot, look } = lookOf(now, asOf)
      const kept = this.#era === era.join('.') ? this.#marks?.kept : undefined
      this.#era = era.join('.')
      this.#snapshot = snapshot
      this.#highest = Number(now[4])
      this.#marks = new Marks(this.#highest, look, kept)
      this.#settleBy = undefined
      this.#gaveUpAt = 0
      this.#batchesEnded = 0
      this.#client = client
      this.#asOf = asOf
      // Batches above the mark may have been seen by the first look, and are told to nobody.
      if (!this.#ended) this.#follower.current(this.#marks.mark, asOf, this.#highest + 1)
      this.#settle(this.#marks, asOf)
    } catch (error) {
      client.destroy()
      throw error
    }
  }

  /** Tells what is new; and that all is told, at once, or after the mark has had a moment to get past it. */
  async #look(client: PooledClient, marks: Marks): Promise<void> {
    this.#hinted = false
    const asks = this.#asks
    this.#asks = []
    const asOf = instant()
    const found = await this.#rows(client, { sql: deltaSql, values: [this.#snapshot] })
    if (this.#ended) return
    const { snapshot, look: seen } = lookOf(found[0] ?? [], asOf)
    const look = { ...seen, oldest: Math.max(seen.oldest, this.#batchesEnded) }
    for (const [, , , , xid, touched] of found) {
      if (xid === null) continue
      this.#follower.touched(touchedHashes(touched as Uint8Array | null), Number(xid))
      this.#highest = Math.max(this.#highest, Number(xid))
    }
    this.#snapshot = snapshot
    if (asks.length > 0) await this.#rows(client, this.#receipts.answer(asks))
    const settled = marks.after(this.#highest, look)
    if (settled !== undefined && settled > this.#asOf) {
      this.#settleBy = undefined
      this.#current(marks, settled)
    }
    this.#settle(marks, asOf)
    await this.#watch(client, look.oldest)
    await this.#passOthers(client, seen.oldest)
  }

  /** What holds up the mark from one look to the next may be somebody else's: it is asked up to where batches have ended. */
  async #passOthers(client: PooledClient, oldest: number): Promise<void> {
    const isSame = oldest === this.#heldUpBy
    this.#heldUpBy = oldest
    if (!isSame || this.#highest < Math.max(oldest, this.#batchesEnded)) return
    const [row] = await this.#rows(client, { sql: batchesEndedSql, values: [] })
    this.#batchesEnded = Math.max(this.#batchesEnded, Number(row?.[0]))
  }

  #settle(marks: Marks, asOf: number): void {
    const now = performance.now()
    if (marks.isSettled) {
      this.#settleBy = undefined
      return
    }
    // Of what has had its time already nobody expects more.
    if (this.#highest !== this.#gaveUpAt) {
      this.#settleBy ??= now + this.#times.settleMs
      if (now < this.#settleBy) return
    }
    this.#gaveUpAt = this.#highest
    this.#settleBy = undefined
    this.#current(marks, asOf)
  }

  #current({ mark }: Marks, asOf: number): void {
    this.#asOf = Math.max(this.#asOf, asOf)
    if (!this.#ended) this.#follower.current(mark, this.#asOf)
  }

  /** A batch that stays under way keeps far answers and readers of logs waiting. */
  async #watch(client: PooledClient, xid: number): Promise<void> {
    const now = performance.now()
    if (xid !== this.#oldest.xid) this.#oldest = { xid, since: now, isTold: false }
    const { since, isTold } = this.#oldest
    if (isTold || this.#onTrouble === undefined || this.#highest < xid) return
    if (now - since < this.#times.longMs) return
    this.#oldest.isTold = true
    const [who] = await this.#rows(client, { sql: openSql, values: [String(xid % 2 ** 32)] })
    const whose = who === undefined ? '' : ` (process ${who[0]}, database ${who[1]}, user ${who[2]})`
    const sentence = `PostgreSQL: a transaction${whose} has been open for more than ${Math.round(this.#times.longMs / 1000)} s`
    this.#onTrouble(
      new StoreError(
        'transient',
        `${sentence}: what Ladings keep for each other is of little use until it ends`,
      ),
    )
  }

  async #rows(client: PooledClient, statement: Statement): Promise<readonly SqlRow[]> {
    return (await client.query(queryOf(statement, this.#times.lookMs))).rows
  }

  #told(channel: string, payload: string): void {
    if (channel === receiptChannel) {
      this.#receipts.received(payload)
      return
    }
    if (this.#receipts.isAsk(payload)) this.#asks.push(payload)
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
