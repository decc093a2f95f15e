import { CacheTierError } from '../../../ports/cache/errors.ts'
import type { CacheTier, TierStats } from '../../../ports/cache/tier.ts'
import type { Clock } from '../../../ports/clock/clock.ts'
import type { Random } from '../../../ports/random/random.ts'
import { answeredInTime } from '../shared/answered-in-time.ts'
import { TierTally } from '../shared/tier-tally.ts'
import { wholeNumber } from '../shared/whole-number.ts'
import { diskOverhead, readEntry, writeEntry } from './disk-entry.ts'
import { DiskFiles } from './disk-files.ts'
import { DiskIndex } from './disk-index.ts'

export interface DiskTierOptions {
  /** Made where it is not there. Others may use it too: then each of them bounds what it knows of. */
  readonly folder: string
  readonly clock: Pick<Clock, 'now' | 'monotonic'>
  readonly random: Pick<Random, 'uuid'>
  /** Of all files together; the least recently used go first. */
  readonly maxBytes?: number
  readonly maxEntries?: number
  /** Larger values are not kept; 1 MiB and what seals it where nothing is said. */
  readonly maxValueBytes?: number
  /** The longest that anything is kept, in ms: a day where nothing is said. */
  readonly ttlMs?: number
  /** Of every call, in ms; 1 s where nothing is said. Who asks may give up before. */
  readonly timeoutMs?: number
  /** Between two looks for what is not good any more; and for so long nobody notes on the disk that a file was used. */
  readonly sweepMs?: number
}

const usual = {
  maxBytes: 256 * 1024 * 1024,
  maxEntries: 100_000,
  maxValueBytes: 1024 * 1024 + 1024,
  ttlMs: 24 * 60 * 60_000,
  timeoutMs: 1_000,
  sweepMs: 60_000,
}

/**
 * In files of a folder that only their owner can read. Nothing is flushed: what a power cut leaves behind is looked at when
 * it is read, and a file that is damaged is a miss and goes.
 * @throws RangeError for a bound; what the file system throws where the folder cannot be used
 */
export async function openDiskTier(options: DiskTierOptions): Promise<CacheTier> {
  const bounds = { ...usual, ...options }
  for (const name of Object.keys(usual) as (keyof typeof usual)[]) wholeNumber(bounds[name], name)
  const files = new DiskFiles(bounds.folder)
  const found = await files.open(bounds.clock.now())
  const index = new DiskIndex(bounds)
  found.sort((one, other) => one.usedAt - other.usedAt)
  for (const { name, bytes, writtenAt } of found) index.note(name, { bytes, until: writtenAt + bounds.ttlMs })
  const tier = new DiskTier(bounds, files, index)
  await tier.tidy()
  return tier
}

class DiskTier implements CacheTier {
  readonly name = 'disk'
  readonly can: CacheTier['can'] = { inProcess: false, follow: false }
  readonly #options: Required<DiskTierOptions>
  readonly #files: DiskFiles
  readonly #index: DiskIndex
  readonly #tally = new TierTally()
  /** What is done last of each file: one thing at a time. */
  readonly #turns = new Map<string, Promise<unknown>>()
  readonly #touched = new Map<string, number>()
  #sweptAt: number
  #isClosed = false

  constructor(options: Required<DiskTierOptions>, files: DiskFiles, index: DiskIndex) {
    this.#options = options
    this.#files = files
    this.#index = index
    this.#sweptAt = options.clock.monotonic()
  }

  get(key: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
    return this.#tally.looked(() => this.#ask(() => this.#read(key, signal), signal))
  }

  set(key: string, value: Uint8Array, ttlMs: number): Promise<void> {
    const { maxBytes, maxValueBytes } = this.#options
    const bytes = value.length + diskOverhead(key)
    if (value.length > maxValueBytes || bytes > maxBytes || ttlMs <= 0) return this.delete([key])
    const until = this.#options.clock.now() + Math.min(ttlMs, this.#options.ttlMs)
    const name = this.#files.nameOf(key)
    return this.#tell(async () => {
      await this.#inTurn(name, async () => {
        await this.#files.write(name, writeEntry(key, { until, value }), this.#options.random.uuid())
        this.#index.note(name, { bytes, until })
      })
      await this.tidy()
    })
  }

  delete(keys: readonly string[]): Promise<void> {
    return this.#tell(() => this.#remove(keys.map((key) => this.#files.nameOf(key))))
  }

  clear(): Promise<void> {
    return this.#tell(async () => this.#remove([...this.#index.takeAll(), ...(await this.#files.names())]))
  }

  stats(): TierStats {
    const { entries, bytes } = this.#index
    return this.#tally.stats({ entries, bytes, maxBytes: this.#options.maxBytes })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.allSettled(this.#turns.values())
  }

  /** What is too much goes, and now and then what is not good any more. */
  async tidy(): Promise<void> {
    const { clock, sweepMs } = this.#options
    const isDue = clock.monotonic() - this.#sweptAt >= sweepMs
    if (isDue) this.#sweptAt = clock.monotonic()
    const expired = isDue ? this.#index.takeExpired(clock.now()) : []
    await this.#remove([...expired, ...this.#index.takeExcess()])
  }

  async #read(key: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
    const name = this.#files.nameOf(key)
    const most = this.#options.maxValueBytes + diskOverhead(key)
    const file = await this.#files.read(name, most, signal)
    if (file === undefined) {
      this.#index.drop(name)
      return undefined
    }
    const entry = file === 'larger' ? undefined : readEntry(key, file)
    if (file === 'larger' || entry === undefined || entry.until <= this.#options.clock.now()) {
      await this.#remove([name])
      return undefined
    }
    this.#index.note(name, { bytes: file.length, until: entry.until })
    this.#touch(name)
    return entry.value
  }

  /** Only the next start asks when a file was used: that it could not be noted harms nobody. */
  #touch(name: string): void {
    const { clock, sweepMs, maxEntries } = this.#options
    if (clock.monotonic() - (this.#touched.get(name) ?? Number.NEGATIVE_INFINITY) < sweepMs) return
    if (this.#touched.size >= maxEntries) this.#touched.clear()
    this.#touched.set(name, clock.monotonic())
    void this.#inTurn(name, () => this.#files.touch(name, clock.now())).catch(() => {})
  }

  async #remove(names: readonly string[]): Promise<void> {
    await Promise.all(
      names.map((name) =>
        this.#inTurn(name, async () => {
          await this.#files.remove(name)
          this.#index.drop(name)
          this.#touched.delete(name)
        }),
      ),
    )
  }

  async #inTurn(name: string, work: () => Promise<void>): Promise<void> {
    const before = this.#turns.get(name) ?? Promise.resolve()
    const turn = before.catch(() => {}).then(work)
    this.#turns.set(name, turn)
    try {
      await turn
    } finally {
      if (this.#turns.get(name) === turn) this.#turns.delete(name)
    }
  }

  #tell(call: () => Promise<void>): Promise<void> {
    return this.#tally.told(() => this.#ask(call))
  }

  async #ask<T>(call: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (this.#isClosed) throw new CacheTierError('closed', 'the disk tier is closed')
    return await answeredInTime(call, { name: 'the disk', timeoutMs: this.#options.timeoutMs, signal })
  }
}
