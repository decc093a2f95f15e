import { RegistryError } from '../../domain/error.ts'
import type { Clock } from '../../ports/clock/clock.ts'

export interface DiskSpaceParts {
  /** Bytes free where records and blobs stand, each asked by itself. An engine that knows of none has no entry. */
  readonly sources: readonly (() => Promise<number>)[]
  readonly clock: Pick<Clock, 'monotonic'>
  readonly minFreeBytes: number
}

/** What was measured holds for so long: pushes cost one look a second, however many there are. */
const freshMs = 1_000
/** Somebody has to free space first. */
const retryAfterMs = 60_000

/** Whether more may come in: told before the disk is full, since what frees space needs some itself. */
export class DiskSpace {
  readonly #parts: DiskSpaceParts
  #free = Number.POSITIVE_INFINITY
  #measuredAt = Number.NEGATIVE_INFINITY
  #measuring: Promise<void> | undefined

  constructor(parts: DiskSpaceParts) {
    this.#parts = parts
  }

  /** Bytes free, and whether that is too little. What cannot be measured has no bound. */
  async measure(): Promise<{ readonly free: number; readonly short: boolean }> {
    await this.#look()
    return { free: this.#free, short: this.#left < 0 }
  }

  /** @throws RegistryError `storage-full`: with so many bytes more there would be too little left */
  async require(bytes: number): Promise<void> {
    if (this.#isStale) await this.#look()
    if (this.#left < bytes) throw new RegistryError('storage-full', { retryAfterMs })
  }

  /** The same bytes, which break off once there is too little left: by what is known, without waiting for a look. */
  async *whileThereIsSome(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
    for await (const chunk of bytes) {
      if (this.#isStale) void this.#look()
      if (this.#left < 0) throw new RegistryError('storage-full', { retryAfterMs })
      yield chunk
    }
  }

  get #left(): number {
    // What an engine holds back for itself comes before anything else.
    return this.#free === 0 ? -1 : this.#free - this.#parts.minFreeBytes
  }

  get #isStale(): boolean {
    return this.#parts.clock.monotonic() - this.#measuredAt >= freshMs
  }

  /** Never rejects; one at a time, for all who ask. */
  #look(): Promise<void> {
    this.#measuring ??= this.#ask().finally(() => {
      this.#measuring = undefined
    })
    return this.#measuring
  }

  async #ask(): Promise<void> {
    const { sources, clock } = this.#parts
    // A disk that cannot be asked may still take what is written, and says so itself where it does not.
    const found = await Promise.all(sources.map((ask) => ask().catch(() => Number.POSITIVE_INFINITY)))
    this.#free = Math.min(Number.POSITIVE_INFINITY, ...found)
    this.#measuredAt = clock.monotonic()
  }
}
