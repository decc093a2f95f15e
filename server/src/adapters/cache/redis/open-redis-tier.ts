import { CacheTierError } from '../../../ports/cache/errors.ts'
import type { CacheTier, TierListener, TierStats } from '../../../ports/cache/tier.ts'
import { answeredInTime } from '../shared/answered-in-time.ts'
import { shortKey } from '../shared/short-key.ts'
import { TierTally } from '../shared/tier-tally.ts'
import { wholeNumber } from '../shared/whole-number.ts'
import { connectRedis, type RedisConnection } from './redis-connection.ts'

export interface RedisTierOptions {
  /** `redis://user:password@host:port/db`, or `rediss:` for TLS. */
  readonly url: string
  /** PEM of the authorities that are trusted, instead of those of the machine; for `rediss:` alone. */
  readonly ca?: string
  /** Before every key: what is not under it is left alone. */
  readonly prefix?: string
  /** Larger values are not kept; 1 MiB and what seals it where nothing is said. */
  readonly maxValueBytes?: number
  /** Of every call, in ms; 1 s where nothing is said. Who asks may give up before. */
  readonly timeoutMs?: number
  /** Of a clearing, which is many calls, in ms; then it has failed. 1 min where nothing is said. */
  readonly clearTimeoutMs?: number
  /** Calls that may wait to be sent. */
  readonly maxQueued?: number
  /** Between two tries to reach the server: at first, and at most. */
  readonly retryMs?: number
  readonly maxRetryMs?: number
}

const usual = {
  prefix: 'lading:cache:',
  maxValueBytes: 1024 * 1024 + 1024,
  timeoutMs: 1_000,
  clearTimeoutMs: 60_000,
  maxQueued: 10_000,
  retryMs: 50,
  maxRetryMs: 2_000,
}

const numbers = [
  'maxValueBytes',
  'timeoutMs',
  'clearTimeoutMs',
  'maxQueued',
  'retryMs',
  'maxRetryMs',
] as const

/** Keys that one step of a clearing looks at. */
const lookedAtOnce = 1_000

/**
 * Over a Redis server of version 6 or later, which others may use too. Opens at once: while the server cannot be reached
 * every call fails, and once it can be they do not any more.
 * @throws RangeError for a bound, TypeError for an address that is none
 */
export function openRedisTier(options: RedisTierOptions): CacheTier {
  const bounds = { ...usual, ...options }
  for (const name of numbers) wholeNumber(bounds[name], name)
  // Without one a clearing would take what is everybody's.
  if (bounds.prefix === '') throw new RangeError('a prefix has at least one character')
  const { protocol, search } = new URL(options.url)
  // The client would pass both over without a word.
  if (search !== '') throw new TypeError('the URL of Redis has parameters, and there are none')
  if (options.ca !== undefined && protocol !== 'rediss:')
    throw new TypeError('an authority is for a Redis that is reached by TLS: rediss:, not redis:')
  return new RedisTier(connectRedis(bounds), bounds)
}

class RedisTier implements CacheTier {
  readonly name = 'redis'
  readonly can: CacheTier['can'] = { inProcess: false, follow: true }
  readonly #connection: RedisConnection
  readonly #options: typeof usual
  readonly #tally = new TierTally()
  #isClosed = false

  constructor(connection: RedisConnection, options: typeof usual) {
    this.#connection = connection
    this.#options = options
  }

  get(key: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
    return this.#tally.looked(() => this.#ask(() => this.#connection.get(this.#name(key)), signal))
  }

  set(key: string, value: Uint8Array, ttlMs: number): Promise<void> {
    if (value.length > this.#options.maxValueBytes || ttlMs < 1) return this.delete([key])
    return this.#tell(() => this.#connection.set(this.#name(key), value, Math.floor(ttlMs)))
  }

  delete(keys: readonly string[]): Promise<void> {
    return this.#tell(() => this.#connection.unlink(keys.map((key) => this.#name(key))))
  }

  /** What others put there while it looks may stay. */
  clear(): Promise<void> {
    const match = `${this.#options.prefix.replace(/[*?[\]\\^]/g, '\\$&')}*`
    return this.#tally.told(async () => {
      const late = performance.now() + this.#options.clearTimeoutMs
      let cursor = '0'
      do {
        // How many steps there are is the server's to say, and some say it never.
        if (performance.now() > late)
          throw new CacheTierError('timeout', 'Redis does not end its list of keys')
        const step = await this.#ask(() => this.#connection.scan(cursor, match, lookedAtOnce))
        await this.#ask(() => this.#connection.unlink(step.keys))
        cursor = step.cursor
      } while (cursor !== '0')
    })
  }

  follow(listener: TierListener): () => void {
    const { prefix } = this.#options
    return this.#connection.listen({
      forgotten: (names) => listener.forgotten(names.map((name) => name.slice(prefix.length))),
      lost: () => listener.lost(),
    })
  }

  stats(): TierStats {
    return this.#tally.stats()
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#connection.close()
  }

  #name(key: string): string {
    return this.#options.prefix + shortKey(key)
  }

  #tell(call: () => Promise<void>): Promise<void> {
    return this.#tally.told(() => this.#ask(call))
  }

  async #ask<T>(call: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (this.#isClosed) throw new CacheTierError('closed', 'the Redis tier is closed')
    const { timeoutMs } = this.#options
    return await answeredInTime(call, { name: 'Redis', timeoutMs, signal })
  }
}
