interface Entry<K, V> {
  readonly key: K
  /** These go with the entry: what was let go of points at nothing. */
  value: V | undefined
  /** Of the same bucket. */
  next: Entry<K, V> | undefined
  before: Entry<K, V> | undefined
  after: Entry<K, V> | undefined
}

const firstBuckets = 16

/**
 * A map whose entries come and go while it stays, such as what a server is busy with. In the order in which keys came.
 *
 * Not a `Map`, nor a `Set`: V8 replaces the table of one again and again while entries come and go, and the old table
 * points at the new one. As soon as one of them is old, so that only a full collection takes it, it keeps all that
 * follow from being taken by the quick ones, each with what it held when it was replaced: a third of the values, with
 * the sockets and buffers behind them. A server that is not busy runs a full collection once an hour.
 */
export class PassingMap<K extends string, V> {
  #buckets: (Entry<K, V> | undefined)[] = emptyBuckets(firstBuckets)
  #first: Entry<K, V> | undefined
  #last: Entry<K, V> | undefined
  #size = 0

  get size(): number {
    return this.#size
  }

  get(key: K): V | undefined {
    return this.#find(key)?.value
  }

  has(key: K): boolean {
    return this.#find(key) !== undefined
  }

  /** A key that is there stays at its place. */
  set(key: K, value: V): void {
    const known = this.#find(key)
    if (known !== undefined) {
      known.value = value
      return
    }
    if (this.#size >= 2 * this.#buckets.length) this.#grow()
    const entry: Entry<K, V> = { key, value, next: undefined, before: this.#last, after: undefined }
    this.#intoBucket(entry)
    if (this.#last === undefined) this.#first = entry
    else this.#last.after = entry
    this.#last = entry
    this.#size += 1
  }

  delete(key: K): boolean {
    const entry = this.#outOfBucket(key)
    if (entry === undefined) return false
    const { before, after } = entry
    if (before === undefined) this.#first = after
    else before.after = after
    if (after === undefined) this.#last = before
    else after.before = before
    entry.value = undefined
    entry.before = undefined
    entry.after = undefined
    this.#size -= 1
    return true
  }

  /** The key that came first. */
  get oldest(): K | undefined {
    return this.#first?.key
  }

  *values(): Generator<V, void> {
    for (let entry = this.#first; entry !== undefined; entry = entry.after) yield entry.value as V
  }

  #find(key: K): Entry<K, V> | undefined {
    let entry = this.#buckets[this.#bucketOf(key)]
    while (entry !== undefined && entry.key !== key) entry = entry.next
    return entry
  }

  #intoBucket(entry: Entry<K, V>): void {
    const bucket = this.#bucketOf(entry.key)
    entry.next = this.#buckets[bucket]
    this.#buckets[bucket] = entry
  }

  #outOfBucket(key: K): Entry<K, V> | undefined {
    const bucket = this.#bucketOf(key)
    let before: Entry<K, V> | undefined
    let entry = this.#buckets[bucket]
    while (entry !== undefined && entry.key !== key) {
      before = entry
      entry = entry.next
    }
    if (entry === undefined) return undefined
    if (before === undefined) this.#buckets[bucket] = entry.next
    else before.next = entry.next
    entry.next = undefined
    return entry
  }

  #bucketOf(key: string): number {
    return hashOf(key) & (this.#buckets.length - 1)
  }

  /** It never shrinks: an array that was replaced keeps what it held as well, though nothing that follows. */
  #grow(): void {
    this.#buckets = emptyBuckets(4 * this.#buckets.length)
    for (let entry = this.#first; entry !== undefined; entry = entry.after) this.#intoBucket(entry)
  }
}

function emptyBuckets(count: number): undefined[] {
  return new Array(count).fill(undefined)
}

/** FNV-1a over UTF-16 units. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return hash >>> 0
}
