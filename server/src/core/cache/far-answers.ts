import type { TieredCache } from '../../ports/cache/tiered-cache.ts'
import type { Telemetry } from '../../ports/telemetry/telemetry.ts'
import type { FarAnswer } from './far-answer.ts'
import { readFarAnswer, writeFarAnswer } from './far-answer-bytes.ts'

/** Answers beyond the memory of this process. What is not there, late, or not to be believed is undefined. */
export interface FarAnswers {
  get(key: string): Promise<FarAnswer | undefined>
  /** Nobody waits for it: it is done soon, or, where too much is waiting already, not at all. */
  set(key: string, answer: FarAnswer): void
}

export interface FarAnswersOptions {
  readonly cache: TieredCache
  /** The order that marks belong to now (`Following.era`); undefined while there is none, and then nothing is kept or found. */
  readonly era: () => string | undefined
  readonly telemetry?: Pick<Telemetry, 'count'>
  /** Of one answer as it is kept; larger ones are not. */
  readonly maxAnswerBytes?: number
  /** How many may wait to be kept. */
  readonly maxWaiting?: number
  /** How many are being kept at once. */
  readonly writers?: number
}

export interface FarStats {
  readonly waiting: number
  readonly kept: number
  /** Not kept: too many were waiting. */
  readonly dropped: number
  /** Not kept: too large, no plain data, or of an order that is over. */
  readonly refused: number
}

const usual = { maxAnswerBytes: 1024 * 1024 - 1024, maxWaiting: 1_000, writers: 4 }

export class FarTiers implements FarAnswers {
  readonly #options: Required<Omit<FarAnswersOptions, 'telemetry'>> & Pick<FarAnswersOptions, 'telemetry'>
  /** The newest of each key. */
  readonly #waiting = new Map<string, FarAnswer>()
  /** Of these one is being written: the next of a key waits for it, so that the newest stays. */
  readonly #writing = new Set<string>()
  #whenIdle: (() => void)[] = []
  #kept = 0
  #dropped = 0
  #refused = 0

  constructor(options: FarAnswersOptions) {
    this.#options = { ...usual, ...options }
  }

  async get(key: string): Promise<FarAnswer | undefined> {
    const { cache, era, maxAnswerBytes } = this.#options
    const now = era()
    if (now === undefined) return undefined
    const found = await cache.get(farKey(now, key))
    if (found?.bytes === undefined || found.bytes.length > maxAnswerBytes) return undefined
    // Marks of the time before say nothing in another order.
    return era() === now ? readFarAnswer(found.bytes, now) : undefined
  }

  set(key: string, answer: FarAnswer): void {
    if (!this.#waiting.has(key) && this.#waiting.size >= this.#options.maxWaiting) {
      this.#dropped += 1
      this.#tell('dropped')
      return
    }
    this.#waiting.set(key, answer)
    // Not in the turn of whoever was answered.
    setImmediate(() => this.#write())
  }

  stats(): FarStats {
    const [kept, dropped, refused] = [this.#kept, this.#dropped, this.#refused]
    return { waiting: this.#waiting.size + this.#writing.size, kept, dropped, refused }
  }

  /** Settles once nothing waits to be kept. */
  async idle(): Promise<void> {
    if (this.stats().waiting === 0) return
    await new Promise<void>((resolve) => this.#whenIdle.push(resolve))
  }

  #write(): void {
    for (const [key, answer] of this.#waiting) {
      if (this.#writing.size >= this.#options.writers) return
      if (this.#writing.has(key)) continue
      this.#waiting.delete(key)
      this.#writing.add(key)
      void this.#keep(key, answer).finally(() => {
        this.#writing.delete(key)
        this.#write()
        if (this.stats().waiting > 0) return
        for (const resolve of this.#whenIdle.splice(0)) resolve()
      })
    }
  }

  async #keep(key: string, answer: FarAnswer): Promise<void> {
    const { cache, era, maxAnswerBytes } = this.#options
    // Nobody asks for what is of another order.
    const bytes = era() === answer.era ? writeFarAnswer(answer) : undefined
    if (bytes === undefined || bytes.length > maxAnswerBytes) {
      this.#refused += 1
      this.#tell('refused')
      return
    }
    // Its mark was taken in this one; by now there may be another.
    await cache.set(farKey(answer.era, key), bytes)
    this.#kept += 1
    this.#tell('kept')
  }

  #tell(result: 'kept' | 'dropped' | 'refused'): void {
    this.#options.telemetry?.count('lading_cache_far_writes_total', 1, { result })
  }
}

/** Registries of several eras may share a server. */
function farKey(era: string, key: string): string {
  return JSON.stringify(['answer', era, key])
}
