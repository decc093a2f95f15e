import { randomUUID } from 'node:crypto'
import type { Generations } from '../core/cache/generations.ts'
import { type Loaded, ReadCache, type Reads } from '../core/cache/read-cache.ts'
import type { Cache } from '../ports/cache/cache.ts'
import type { Embedded } from './embedded.ts'

/**
 * What a registry remembers in the cache that it was given. An answer is used while none of the rows that it was made from
 * has changed, and a change moves their generations before anybody is told that it is done: so no answer is older than that.
 * Nothing is remembered in a transaction, nor where other processes change the store and nobody tells of it.
 */
export class ManagerCache {
  readonly #tier: Cache | undefined
  #of: Connected | undefined

  constructor(tier: Cache | undefined) {
    this.#tier = tier
  }

  async load<T>(
    { generations }: Pick<Embedded, 'generations'>,
    key: readonly string[],
    read: (reads: Reads) => Promise<Loaded<T>>,
  ): Promise<T> {
    const cache = this.#tier && generations && this.#over(generations, this.#tier)
    if (cache === undefined) return (await read(noReads)).value
    return await cache.answers.load(JSON.stringify(['lading', cache.id, ...key]), read)
  }

  /** Another connection is another store, and others may use the same cache: what is remembered of them says nothing of this one. */
  #over(generations: Generations, tier: Cache): Connected {
    if (this.#of?.generations !== generations)
      this.#of = { generations, id: randomUUID(), answers: new ReadCache(tier, generations) }
    return this.#of
  }
}

interface Connected {
  readonly generations: Generations
  readonly id: string
  readonly answers: ReadCache
}

const noReads: Reads = { row: () => {}, unique: () => {}, table: () => {} }
