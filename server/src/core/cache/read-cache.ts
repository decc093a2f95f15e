import { PassingMap } from '../../domain/passing-map.ts'
import type { Cache } from '../../ports/cache/cache.ts'
import { rowHash, tableHash, uniqueHash } from '../../ports/store/row-hash.ts'
import type { Key } from '../../ports/store/store.ts'
import type { Table, Value } from '../../ports/store/table.ts'
import type { FarAnswers } from './far-answers.ts'
import { type Generations, unsettled } from './generations.ts'

/** Names the rows that an answer is made from. Each must be named before it is read. */
export interface Reads {
  row(table: Pick<Table, 'name'>, key: Key): void
  unique(table: Pick<Table, 'name'>, unique: string, values: readonly Value[]): void
  /** All of its rows. */
  table(table: Pick<Table, 'name'>): void
}

export interface Loaded<T> {
  readonly value: T
  /** What keeping it costs. */
  readonly bytes: number
}

interface Entry<T> {
  readonly value: T
  /** Buckets and what they stood at, in pairs. */
  readonly seen: readonly number[]
}

interface Flight<T> {
  readonly answer: Promise<T>
  readonly seen: readonly number[]
}

/**
 * Answers that were read once and hold until one of their rows changes; that something is missing is an answer too. A
 * hit is synchronous. However many ask for the same at once, one loads: those who joined use its answer, a failure
 * too, only if nothing has changed since they came, for a change that was acknowledged before they asked must be in it.
 */
export class ReadCache {
  readonly #cache: Cache
  readonly #generations: Generations
  readonly #far: FarAnswers | undefined
  readonly #flights = new PassingMap<string, Flight<unknown>>()

  /** `far`: asked where memory has nothing, before the store is. Only for a store that others change and tell of. */
  constructor(cache: Cache, generations: Generations, far?: FarAnswers) {
    this.#cache = cache
    this.#generations = generations
    this.#far = far
  }

  /** undefined: not cached, or not any more. */
  peek<T>(key: string): { readonly value: T } | undefined {
    const entry = this.#cache.get(key) as Entry<T> | undefined
    // Where word of others is late, nothing of what is kept is known to be wrong.
    if (entry === undefined || !this.#generations.isCurrent()) return undefined
    if (this.#holds(entry.seen)) return entry
    this.#cache.delete(key)
    return undefined
  }

  /** `believed`: where it says no of what others have read, or what was kept, it is read anew. */
  async load<T>(
    key: string,
    read: (reads: Reads) => Promise<Loaded<T>>,
    believed: (kept: T) => boolean = always,
  ): Promise<T> {
    for (let joined = 0; joined < mostJoined; joined++) {
      const cached = this.peek<T>(key)
      if (cached !== undefined) {
        if (believed(cached.value)) return cached.value
        break
      }
      const flight = this.#flights.get(key) as Flight<T> | undefined
      if (flight === undefined) break
      const answer = await flight.answer.then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      )
      if (!this.#holds(flight.seen)) continue
      if ('error' in answer) throw answer.error
      if (believed(answer.value)) return answer.value
      break
    }
    return await this.#fly(key, read, believed)
  }

  async #fly<T>(
    key: string,
    read: (reads: Reads) => Promise<Loaded<T>>,
    believed: (kept: T) => boolean,
  ): Promise<T> {
    const seen: number[] = []
    const near = (): Promise<Loaded<T>> => {
      seen.length = 0
      return this.#read(key, seen, read)
    }
    const loading =
      this.#far === undefined
        ? near()
        : this.#loadFar<T>(key, seen, this.#far).then((far) =>
            far !== undefined && believed(far.value) ? far : near(),
          )
    const flight: Flight<T> = { answer: loading.then(({ value }) => value), seen }
    // Whoever flies hears of a failure below; without a listener of its own the shared promise would count as unhandled.
    flight.answer.catch(() => {})
    this.#flights.set(key, flight)
    try {
      const { value, bytes } = await loading
      if (this.#holds(seen)) this.#cache.set(key, { value, seen } satisfies Entry<T>, bytes + entryOverhead)
      return value
    } finally {
      if (this.#flights.get(key) === flight) this.#flights.delete(key)
    }
  }

  /** From the rows themselves. `seen` gets the buckets that it names. */
  async #read<T>(
    key: string,
    seen: number[],
    read: (reads: Reads) => Promise<Loaded<T>>,
  ): Promise<Loaded<T>> {
    const stand = this.#far === undefined ? undefined : this.#generations.hearing?.stand()
    const hashes: number[] = []
    const note = (hash: number): void => {
      const bucket = this.#generations.bucketOf(hash)
      hashes.push(hash)
      seen.push(bucket, this.#generations.at(bucket))
    }
    const loaded = await read({
      row: (table, rowKey) => note(rowHash(table.name, rowKey)),
      unique: (table, unique, values) => note(uniqueHash(table.name, unique, values)),
      table: (table) => note(tableHash(table.name)),
    })
    // What is said of it later is said in the order that its mark was taken in.
    if (stand !== undefined && this.#holds(seen)) this.#far?.set(key, { ...loaded, ...stand, hashes })
    return loaded
  }

  /** undefined: there is none, or it does not hold any more. `seen` gets what it was made from, as it stands now. */
  async #loadFar<T>(key: string, seen: number[], answers: FarAnswers): Promise<Loaded<T> | undefined> {
    const { hearing } = this.#generations
    if (hearing === undefined) return undefined
    const far = await answers.get(key)
    if (far === undefined) return undefined
    // First where the buckets stand, then whether they have moved since: what moves in between makes the answer void.
    const stands = far.hashes.flatMap((hash) => {
      const bucket = this.#generations.bucketOf(hash)
      return [bucket, this.#generations.at(bucket)]
    })
    if (!hearing.holds(far.mark, far.hashes) || stands.includes(unsettled)) return undefined
    // Last, since another thread hears: marks of another order come after its name.
    if (hearing.era() !== far.era) return undefined
    seen.push(...stands)
    return { value: far.value as T, bytes: far.bytes }
  }

  #holds(seen: readonly number[]): boolean {
    if (!this.#generations.isCurrent()) return false
    for (let at = 0; at < seen.length; at += 2) {
      const now = this.#generations.at(seen[at] as number)
      if (now !== seen[at + 1] || now === unsettled) return false
    }
    return true
  }
}

const always = (): boolean => true

/** While rows change without a pause, who has joined others in vain so often reads by itself. */
const mostJoined = 2

/** Bytes of an entry's own bookkeeping, roughly. */
const entryOverhead = 256
