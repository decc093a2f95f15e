import { createHash } from 'node:crypto'
import type { Follower } from '../../ports/store/store.ts'

const asOfCell = 0
const markCell = 1
const floorCell = 2
const eraCell = 3
const headCells = 4

/** How old what was heard may be: what is kept is not used any more when more time has passed. */
export const heardWithinMs = 1000

/** Of the process, whatever becomes of the wall clock, and alike in all of its threads. */
function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

/**
 * What a process knows of the commits of others, in memory that its threads share: until when it has heard of all of
 * them, and at which mark each bucket of rows was changed last. One thread hears; every one asks.
 */
export class Hearing {
  readonly #head: Float64Array
  /** The mark at which a bucket's rows were changed last, as far as was heard. */
  readonly #marks: Float64Array
  /** When this process itself has changed a bucket's rows last: its own news of that may still be on the way. */
  readonly #own: Float64Array
  readonly #mask: number

  /** `shared`: of another thread's. */
  constructor(buckets: number, shared: SharedArrayBuffer = newMemory(buckets)) {
    this.#head = new Float64Array(shared, 0, headCells)
    this.#marks = new Float64Array(shared, 8 * headCells, buckets)
    this.#own = new Float64Array(shared, 8 * (headCells + buckets), buckets)
    this.#mask = buckets - 1
  }

  get shared(): SharedArrayBuffer {
    return this.#head.buffer as SharedArrayBuffer
  }

  /** Nothing that anybody was told of longer ago than the bound is missing. */
  isCurrent(): boolean {
    return monotonicMs() - this.#at(asOfCell) <= heardWithinMs
  }

  /** Below it, a read that begins now sees every commit. */
  mark(): number {
    return this.#at(markCell)
  }

  /** The mark with the order that it belongs to; undefined while none is known, or another one is just beginning. */
  stand(): { readonly mark: number; readonly era: string } | undefined {
    const era = this.era()
    const mark = this.mark()
    return era === undefined || this.era() !== era ? undefined : { mark, era }
  }

  /** Names the order of the marks, the same for every process; undefined while none is known. */
  era(): string | undefined {
    const era = this.#at(eraCell)
    return era === 0 ? undefined : era.toString(36)
  }

  /** `Following.era`, of which a hash is kept. */
  inEra(name: string): void {
    const digest = createHash('sha256').update(name).digest()
    this.#head[eraCell] = digest.readUIntBE(0, 6) + 1
  }

  /** What was read when everything below `mark` was seen is still so, as far as anybody was told. */
  holds(mark: number, hashes: readonly number[]): boolean {
    const asOf = this.#at(asOfCell)
    if (mark < this.#at(floorCell) || monotonicMs() - asOf > heardWithinMs) return false
    return hashes.every((hash) => {
      const bucket = hash & this.#mask
      return (this.#marks[bucket] as number) < mark && (this.#own[bucket] as number) < asOf
    })
  }

  /** This process has changed rows of the bucket, and says so now to whoever asked it to. */
  changed(bucket: number): void {
    this.#own[bucket] = monotonicMs()
  }

  /** For the thread that hears. `moved`: told of each bucket that somebody has changed; `forget`: all may have changed. */
  follower(moved: (bucket: number) => void, forget: () => void): Follower {
    let broken = true
    return {
      touched: (hashes, mark) => {
        for (const hash of hashes) {
          const bucket = hash & this.#mask
          this.#marks[bucket] = Math.max(mark, this.#marks[bucket] as number)
          moved(bucket)
        }
      },
      current: (mark, asOf, since = mark) => {
        if (broken) {
          forget()
          this.#head[floorCell] = since
          broken = false
        }
        const age = performance.timeOrigin + performance.now() - asOf
        this.#head[markCell] = mark
        this.#head[asOfCell] = monotonicMs() - age
      },
      lost: () => {
        broken = true
        this.#head[asOfCell] = Number.NEGATIVE_INFINITY
      },
    }
  }

  #at(cell: number): number {
    return this.#head[cell] as number
  }
}

function newMemory(buckets: number): SharedArrayBuffer {
  const shared = new SharedArrayBuffer(8 * (headCells + 2 * buckets))
  const head = new Float64Array(shared, 0, headCells)
  head[asOfCell] = Number.NEGATIVE_INFINITY
  head[markCell] = Number.NEGATIVE_INFINITY
  head[floorCell] = Number.POSITIVE_INFINITY
  return shared
}
