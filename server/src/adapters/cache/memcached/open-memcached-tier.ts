import { hash } from 'node:crypto'
import { CacheTierError } from '../../../ports/cache/errors.ts'
import type { CacheTier, TierStats } from '../../../ports/cache/tier.ts'
import type { Clock } from '../../../ports/clock/clock.ts'
import type { Random } from '../../../ports/random/random.ts'
import { answeredInTime } from '../shared/answered-in-time.ts'
import { shortKey } from '../shared/short-key.ts'
import { TierTally } from '../shared/tier-tally.ts'
import { wholeNumber } from '../shared/whole-number.ts'
import { tooLong } from './bound-answers.ts'
import { MemcachedServer } from './memcached-server.ts'

export interface MemcachedTierOptions {
  /** Each `host:port`, or `user:password@host:port`; a key is always on the same one. */
  readonly servers: readonly string[]
  readonly clock: Pick<Clock, 'now' | 'monotonic'>
  readonly random: Pick<Random, 'bytes'>
  /** Before every key, at most 40 visible ASCII characters: what is not under it is left alone. */
  readonly prefix?: string
  /**
   * Larger values are not kept; 1 MiB and what seals it where nothing is said. A server with its usual settings takes a
   * little less than 1 MiB, and what it refuses is not kept either.
   */
  readonly maxValueBytes?: number
  /** Of every call, in ms; 1 s where nothing is said. Who asks may give up before. */
  readonly timeoutMs?: number
  /** How long what another process has cleared may still be found, in ms. */
  readonly generationMs?: number
}

const usual = {
  prefix: 'lading:cache:',
  maxValueBytes: 1024 * 1024 + 1024,
  timeoutMs: 1_000,
  generationMs: 1_000,
}
const prefixForm = /^[!-~]{1,40}$/
const addressForm = /^([^@,\s]+@)?[^@:,\s]+(:\d{1,5})?$/
/** Before each value: until when it is good, of the wall clock. */
const untilBytes = 8

/**
 * Over Memcached servers, which others may use too. Opens at once: while a server cannot be reached every call of its keys
 * fails, and once it can be they do not any more.
 * @throws RangeError for a bound, a prefix or an address that cannot be taken
 */
export function openMemcachedTier(options: MemcachedTierOptions): CacheTier {
  const bounds = { ...usual, ...options }
  for (const name of ['maxValueBytes', 'timeoutMs', 'generationMs'] as const) wholeNumber(bounds[name], name)
  if (!prefixForm.test(bounds.prefix)) throw new RangeError('a prefix has 1 to 40 visible ASCII characters')
  if (bounds.servers.length === 0 || !bounds.servers.every((address) => addressForm.test(address)))
    throw new RangeError('servers are named as host:port, at least one')
  return new MemcachedTier(bounds)
}

class MemcachedTier implements CacheTier {
  readonly name = 'memcached'
  readonly can: CacheTier['can'] = { inProcess: false, follow: false }
  readonly #servers: readonly MemcachedServer[]
  readonly #options: Required<MemcachedTierOptions>
  readonly #tally = new TierTally()
  #isClosed = false

  constructor(options: Required<MemcachedTierOptions>) {
    this.#options = options
    const monotonic = (): number => options.clock.monotonic()
    const maxValueBytes = untilBytes + options.maxValueBytes
    this.#servers = options.servers.map(
      (address) => new MemcachedServer({ ...options, address, monotonic, maxValueBytes }),
    )
  }

  get(key: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
    const short = shortKey(key)
    return this.#tally.looked(async () => {
      this.#requireOpen()
      const { timeoutMs } = this.#options
      const limits = { name: 'Memcached', timeoutMs, signal }
      const kept = await answeredInTime(() => this.#of(short).get(short), limits)
      return kept === undefined ? undefined : this.#good(kept)
    })
  }

  set(key: string, value: Uint8Array, ttlMs: number): Promise<void> {
    const short = shortKey(key)
    if (value.length > this.#options.maxValueBytes || ttlMs <= 0) return this.delete([key])
    return this.#tally.told(async () => {
      this.#requireOpen()
      const kept = Buffer.allocUnsafe(untilBytes + value.length)
      kept.writeDoubleBE(this.#options.clock.now() + ttlMs)
      kept.set(value, untilBytes)
      try {
        await this.#of(short).set(short, kept, ttlMs)
      } catch (error) {
        if (!(error instanceof CacheTierError) || error.kind !== 'refused') throw error
        // Too large for this server, or there is no room: then there is no older value either.
        await this.#of(short).delete([short])
      }
    })
  }

  delete(keys: readonly string[]): Promise<void> {
    return this.#tally.told(async () => {
      this.#requireOpen()
      const byServer = Map.groupBy(keys.map(shortKey), (short) => this.#of(short))
      await Promise.all(Array.from(byServer, ([server, shorts]) => server.delete(shorts)))
    })
  }

  /** Others find nothing of it any more within `generationMs`. */
  clear(): Promise<void> {
    return this.#tally.told(async () => {
      this.#requireOpen()
      await Promise.all(this.#servers.map((server) => server.clear()))
    })
  }

  stats(): TierStats {
    return this.#tally.stats()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const server of this.#servers) server.close()
  }

  #good(kept: Uint8Array): Uint8Array | undefined {
    // What was too long to be read: no seal is good for it.
    if (kept === tooLong) return kept
    if (kept.length < untilBytes) return undefined
    const until = new DataView(kept.buffer, kept.byteOffset).getFloat64(0)
    return until > this.#options.clock.now() ? kept.subarray(untilBytes) : undefined
  }

  #of(short: string): MemcachedServer {
    const at =
      this.#servers.length === 1 ? 0 : hash('sha256', short, 'buffer').readUInt32BE() % this.#servers.length
    return this.#servers[at] as MemcachedServer
  }

  #requireOpen(): void {
    if (this.#isClosed) throw new CacheTierError('closed', 'the Memcached tier is closed')
  }
}
