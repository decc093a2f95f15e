import { rowHash, tableHash, touchedBy, uniqueHash } from '../../ports/store/row-hash.ts'
import type { Key, Store } from '../../ports/store/store.ts'
import type { Value } from '../../ports/store/table.ts'
import { Hearing } from './hearing.ts'

const bucketCount = 65_536

/** Of a store that others may change too. `shared`: those of another thread. */
export function followedGenerations(shared?: {
  readonly generations: SharedArrayBuffer
  readonly hearing: SharedArrayBuffer
}): Generations {
  return new Generations(shared?.generations, new Hearing(bucketCount, shared?.hearing))
}

/** What a bucket stands at while a change of its rows is under way: nothing holds then, and nothing is kept. */
export const unsettled = -1

/**
 * How often rows have changed, in hashed buckets that every thread of the process shares. A cached answer remembers
 * the buckets of the rows it was made from; a bucket that moved on makes it void. Two rows in one bucket only cost a
 * needless miss.
 */
export class Generations {
  readonly #buckets: Int32Array
  /** How many changes of a bucket's rows are under way. */
  readonly #underWay: Int32Array
  readonly #mask: number
  /** There where other processes change the same store: without word of them nothing that is kept holds. */
  readonly hearing: Hearing | undefined

  /** `shared`: a power of two of buckets, 8 bytes each. */
  constructor(shared: SharedArrayBuffer = new SharedArrayBuffer(8 * bucketCount), hearing?: Hearing) {
    const count = shared.byteLength / 8
    this.hearing = hearing
    this.#buckets = new Int32Array(shared, 0, count)
    this.#underWay = new Int32Array(shared, 4 * count, count)
    this.#mask = count - 1
  }

  get shared(): SharedArrayBuffer {
    return this.#buckets.buffer as SharedArrayBuffer
  }

  /** Of a row's hash, which every process computes alike. */
  bucketOf(hash: number): number {
    return hash & this.#mask
  }

  bucket(table: string, key: Key): number {
    return this.bucketOf(rowHash(table, key))
  }

  /** For a row that is found by a unique key: also while there is none. */
  uniqueBucket(table: string, unique: string, values: readonly Value[]): number {
    return this.bucketOf(uniqueHash(table, unique, values))
  }

  /** For what is made from rows that no key names, such as a list: it moves with every row of the table. */
  tableBucket(table: string): number {
    return this.bucketOf(tableHash(table))
  }

  at(bucket: number): number {
    return Atomics.load(this.#underWay, bucket) === 0 ? Atomics.load(this.#buckets, bucket) : unsettled
  }

  /** Word of what others have changed is recent enough. */
  isCurrent(): boolean {
    return this.hearing?.isCurrent() ?? true
  }

  /** Before the change can be seen by anybody. */
  begin(bucket: number): void {
    Atomics.add(this.#underWay, bucket, 1)
  }

  /** After the change, and before anybody is told of it. */
  end(bucket: number): void {
    this.hearing?.changed(bucket)
    this.bump(bucket)
    Atomics.sub(this.#underWay, bucket, 1)
  }

  bump(bucket: number): void {
    Atomics.add(this.#buckets, bucket, 1)
  }

  /** Every bucket: whatever is cached is void. */
  bumpAll(): void {
    for (let bucket = 0; bucket <= this.#mask; bucket++) this.bump(bucket)
  }
}

/**
 * The same store, which moves the generations of the rows that a commit names before it answers: whoever asks after
 * the answer cannot be given what was cached before. While it is under way they are unsettled, so that nobody who has
 * seen the change in the store, as another thread may before this one hears of it, is given what was before by the cache.
 * Also where the outcome is a failure or unknown: a needless miss costs less than a stale answer.
 *
 * A row that is removed, or changed by `patch`, moves the bucket of its primary key alone: what is cached by a unique
 * key must name the primary key too.
 */
export function withGenerations(store: Store, generations: Generations): Store {
  const snapshot = store.snapshot?.bind(store)
  const tailNow = store.tailNow?.bind(store)
  const getParts = store.getParts?.bind(store)
  const follow = store.follow?.bind(store)
  return {
    can: store.can,
    get: (table, key, from) => store.get(table, key, from),
    getMany: (table, keys) => store.getMany(table, keys),
    find: (table, query) => store.find(table, query),
    count: (table, query) => store.count(table, query),
    tail: (log, after, limit) => store.tail(log, after, limit),
    last: (log) => store.last(log),
    ...(getParts && { getParts }),
    ...(tailNow && { tailNow }),
    ...(snapshot && { snapshot }),
    ...(follow && { follow }),
    close: () => store.close(),
    commit: async (id, changes, survives) => {
      const moved = touchedBy(changes).map((hash) => generations.bucketOf(hash))
      for (const bucket of moved) generations.begin(bucket)
      try {
        return await store.commit(id, changes, survives)
      } finally {
        for (const bucket of moved) generations.end(bucket)
      }
    },
  }
}
