import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { ChangeStream, ChangeStreamDocument, Timestamp } from 'mongodb'
import { StoreError } from '../../../ports/store/errors.ts'
import type { Follower } from '../../../ports/store/store.ts'
import { storeErrorOf } from '../../shared/mongodb-store-error-of.ts'
import type { BatchDocument, Collections } from './collections.ts'
import { type MongodbWaits, retryPauses } from './options.ts'

export interface FollowParts {
  readonly batches: Collections['batches']
  readonly waits: MongodbWaits
  readonly now: () => number
}

const instant = (): number => performance.timeOrigin + performance.now()
/** Between two looks at a stream that answers at once that there is nothing. */
const restMs = 10
const kinds = ['insert', 'update', 'replace']

/**
 * Hears of batches by a change stream, which tells what most servers have, in the order in which they got it. How far it has
 * come it learns by a document of its own that it writes now and then: what was answered before that was sent comes before
 * it in the stream.
 */
export class Follow implements AsyncDisposable {
  readonly #parts: FollowParts
  readonly #follower: Follower
  readonly #first = Promise.withResolvers<void>()
  readonly #ended: Promise<void>
  #disposed = false
  #isCurrent = false

  constructor(parts: FollowParts, follower: Follower) {
    this.#parts = parts
    this.#follower = follower
    this.#first.promise.catch(() => undefined)
    this.#ended = this.#run()
  }

  /** Settles with the first `current`. Throws StoreError where none comes in time. */
  async begun(): Promise<void> {
    const timer = setTimeout(() => {
      this.#first.reject(new StoreError('transient', 'the database does not tell what is committed'))
    }, this.#parts.waits.silence)
    try {
      await this.#first.promise
    } catch (error) {
      await this[Symbol.asyncDispose]()
      throw error
    } finally {
      clearTimeout(timer)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true
    this.#first.reject(new StoreError('permanent', 'the following has ended'))
    await this.#ended
  }

  async #run(): Promise<void> {
    for (let attempt = 0; !this.#disposed; attempt++) {
      try {
        await this.#listen()
      } catch (error) {
        const told = storeErrorOf(error)
        // Nothing of that passes by itself: whoever waits for the beginning should know.
        if (told instanceof StoreError && told.kind !== 'transient') this.#first.reject(told)
        if (this.#isCurrent) {
          attempt = 0
          this.#isCurrent = false
          this.#follower.lost()
        }
        const { first, longest } = retryPauses
        if (!this.#disposed) await pause(Math.min(longest, first * 2 ** attempt))
      }
    }
  }

  /** Until it is disposed, or throws what broke it. */
  async #listen(): Promise<void> {
    const { batches, waits } = this.#parts
    const stream = batches.watch<BatchDocument, ChangeStreamDocument<BatchDocument>>(
      [{ $match: { operationType: { $in: kinds } } }],
      { maxAwaitTimeMS: waits.follow / 2, readPreference: 'primary' },
    )
    const beat = new Beat(this.#parts)
    try {
      let event = await stream.tryNext()
      while (!this.#disposed) {
        beat.sendIfDue()
        if (event === null) await pause(restMs)
        else this.#tell(event, beat)
        event = await stream.tryNext()
      }
    } finally {
      await close(stream)
      await beat.end()
    }
  }

  #tell(event: ChangeStreamDocument<BatchDocument>, beat: Beat): void {
    if (!('documentKey' in event) || event.clusterTime === undefined || this.#disposed) return
    const mark = markOf(event.clusterTime)
    if (event.documentKey._id === beat.id) {
      const asOf = beat.heard()
      if (asOf === undefined) return
      this.#isCurrent = true
      this.#follower.current(mark, asOf)
      this.#first.resolve()
    } else if (event.operationType === 'insert') {
      const { touched = [] } = event.fullDocument
      if (touched.length > 0) this.#follower.touched(touched, mark)
    }
  }
}

/** A document that one follower writes again and again, at most once at a time. */
class Beat {
  readonly id: string = `beat ${randomUUID()}`
  readonly #parts: FollowParts
  #due = Number.NEGATIVE_INFINITY
  #sent: number | undefined
  #failed: unknown
  #writing: Promise<void> | undefined

  constructor(parts: FollowParts) {
    this.#parts = parts
  }

  /** Throws where an earlier one was not written, or was not heard in time. */
  sendIfDue(): void {
    if (this.#failed !== undefined) throw this.#failed
    const { batches, waits, now } = this.#parts
    const at = instant()
    if (this.#sent !== undefined) {
      if (at - this.#sent > waits.silence)
        throw new StoreError('transient', `nothing was heard of the database for ${waits.silence} ms`)
      return
    }
    if (at < this.#due) return
    this.#due = at + waits.follow
    this.#sent = at
    this.#writing = batches
      .replaceOne({ _id: this.id }, { at: new Date(now()) }, { upsert: true, maxTimeMS: waits.silence })
      .then(
        () => undefined,
        (error: unknown) => {
          this.#failed = error
        },
      )
  }

  /** When the one was sent that was heard. */
  heard(): number | undefined {
    const sent = this.#sent
    this.#sent = undefined
    return sent
  }

  async end(): Promise<void> {
    await this.#writing
    // What stays goes with the ids of its day.
    await this.#parts.batches.deleteOne({ _id: this.id }).catch(() => undefined)
  }
}

const ticks = 2 ** 20

/** Seconds and a number within the second, of which no server comes near a million. */
function markOf(time: Timestamp): number {
  return time.getHighBitsUnsigned() * ticks + Math.min(time.getLowBitsUnsigned(), ticks - 1)
}

async function close(stream: ChangeStream<BatchDocument>): Promise<void> {
  // It has ended, whatever its server still says to that.
  await stream.close().catch(() => undefined)
}
