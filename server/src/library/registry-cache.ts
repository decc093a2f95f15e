import { randomUUID } from 'node:crypto'
import { FarTiers } from '../core/cache/far-answers.ts'
import type { Generations } from '../core/cache/generations.ts'
import { type Loaded, ReadCache, type Reads } from '../core/cache/read-cache.ts'
import type { Cache } from '../ports/cache/cache.ts'
import type { Embedded } from './embedded.ts'
import { farTiers } from './engines/far-cache.ts'

type Cacheable = Pick<Embedded, 'generations' | 'cacheKey'>

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
    face: Cacheable,
    key: readonly string[],
    read: (reads: Reads) => Promise<Loaded<T>>,
  ): Promise<T> {
    const { generations } = face
    if (this.#tier === undefined || generations === undefined) return (await read(noReads)).value
    const answers = await this.#over(this.#tier, generations, face)
    return await answers.load(JSON.stringify(['manager', ...key]), read)
  }

  /** Something is remembered, outside of transactions. */
  get isThere(): boolean {
    return this.#tier !== undefined
  }

  /** Another connection is another store, and others may use the same cache: what is remembered of them says nothing of this one. */
  #over(tier: Cache, generations: Generations, face: Cacheable): Promise<ReadCache> {
    if (this.#of?.generations !== generations)
      this.#of = { generations, answers: connected(tier, generations, face) }
    return this.#of.answers
  }
}

interface Connected {
  readonly generations: Generations
  readonly answers: Promise<ReadCache>
}

/** Tiers outside of the process are of use where others change the store too: what one has read another one need not read. */
async function connected(tier: Cache, generations: Generations, { cacheKey }: Cacheable): Promise<ReadCache> {
  const near = ownPart(tier, randomUUID())
  const { hearing } = generations
  if (hearing === undefined || cacheKey === undefined) return new ReadCache(near, generations)
  const cache = await farTiers(tier, cacheKey)
  const far = cache && new FarTiers({ cache, era: () => hearing.era() })
  return new ReadCache(near, generations, far)
}

/** What a `ReadCache` needs of a cache, under names that nobody else has there. */
function ownPart(tier: Cache, id: string): Cache {
  return {
    get: (key) => tier.get(id + key),
    set: (key, value, bytes) => tier.set(id + key, value, bytes),
    delete: (key) => tier.delete(id + key),
    clear: () => tier.clear(),
    stats: () => tier.stats(),
  }
}

const noReads: Reads = { row: () => {}, unique: () => {}, table: () => {} }
