import { CacheTierError } from '../../../ports/cache/errors.ts'
import type { CacheTier } from '../../../ports/cache/tier.ts'
import type { TierReport } from '../../../ports/cache/tiered-cache.ts'
import type { Clock } from '../../../ports/clock/clock.ts'
import type { Telemetry } from '../../../ports/telemetry/telemetry.ts'
import { Breaker } from './breaker.ts'
import { Debts } from './debts.ts'
import { TierFigures } from './tier-figures.ts'

export interface GuardOptions {
  readonly clock: Clock
  readonly telemetry: Pick<Telemetry, 'count' | 'observe' | 'warn' | 'info'> | undefined
  /** A look-up that takes longer is a miss. */
  readonly timeoutMs: number
  /** The same for what is kept or forgotten. */
  readonly writeTimeoutMs: number
  /** So many failures in a row, and it rests for `pauseMs`; then one call tries it. */
  readonly failures: number
  readonly pauseMs: number
  /** So many keys that it has still to forget are remembered; beyond, it has to forget all. */
  readonly maxOwed: number
}

type Operation = 'get' | 'set' | 'delete' | 'clear'

/** Keys that are paid at once. */
const paidAtOnce = 500

/**
 * A tier that never fails and never takes long. What it could not be told to forget it is told later, and until then it is
 * not asked for that.
 */
export class GuardedTier {
  readonly tier: CacheTier
  /** The longest that anything is kept in it. */
  readonly ttlMs: number
  readonly #options: GuardOptions
  readonly #breaker: Breaker
  readonly #debts: Debts
  readonly #figures: TierFigures
  #isPaying = false

  constructor(tier: CacheTier, ttlMs: number, options: GuardOptions) {
    this.tier = tier
    this.ttlMs = ttlMs
    this.#options = options
    this.#breaker = new Breaker(options)
    this.#debts = new Debts(options.maxOwed)
    this.#figures = new TierFigures(tier.name, options.telemetry)
  }

  /** undefined: a miss, for whatever reason. */
  async look(name: string): Promise<Uint8Array | undefined> {
    if (this.#owes(name)) {
      this.#figures.looked('skipped')
      return undefined
    }
    const { timeoutMs } = this.#options
    const told = await this.#ask('get', timeoutMs, (signal) => this.tier.get(name, signal))
    // It may have been told to forget the key meanwhile, in vain.
    const found = told.is === 'ok' && !this.#debts.has(name) ? told.value : undefined
    // Whether that was a hit its seal says.
    if (found === undefined) this.#figures.looked(told.is === 'ok' ? 'miss' : told.is)
    return found
  }

  /** What a look-up has brought, once its seal was looked at. */
  judged(name: string, is: 'good' | 'over' | 'forged'): void {
    this.#figures.looked(is === 'good' ? 'hit' : is === 'over' ? 'miss' : 'forged')
    if (is !== 'forged') return
    this.#debts.add([name])
    this.#owes(name)
  }

  async put(name: string, sealed: Uint8Array, leftMs: number): Promise<void> {
    const { turn } = this.#debts
    const life = Math.min(this.ttlMs, leftMs)
    const { is } = await this.#write('set', () => this.tier.set(name, sealed, life))
    if (is === 'ok') this.#debts.settle(name, turn)
    // Nobody knows which value stands there now.
    else this.#debts.add([name])
  }

  async forget(names: readonly string[]): Promise<void> {
    const { is } = await this.#write('delete', () => this.tier.delete(names))
    if (is !== 'ok') this.#debts.add(names)
  }

  async clear(): Promise<void> {
    const { is } = await this.#write('clear', () => this.tier.clear())
    if (is !== 'ok') this.#debts.addAll()
  }

  report(): TierReport {
    return this.#figures.report(this.#breaker.isOpen)
  }

  async #write(operation: Operation, call: () => Promise<void>): Promise<Told<void>> {
    const told = await this.#ask(operation, this.#options.writeTimeoutMs, call)
    this.#figures.wrote(told.is)
    return told
  }

  /** Whether it has still to forget the key. Has it told so, in nobody's time, where there is anything. */
  #owes(name: string): boolean {
    if (!this.#debts.any) return false
    if (!this.#isPaying) void this.#pay()
    return this.#debts.has(name)
  }

  async #pay(): Promise<void> {
    this.#isPaying = true
    try {
      while (this.#debts.any) {
        const due = this.#debts.next(paidAtOnce)
        const { names } = due
        const { is } =
          names === 'all'
            ? await this.#write('clear', () => this.tier.clear())
            : await this.#write('delete', () => this.tier.delete(names))
        if (is !== 'ok') return
        this.#debts.paid(due)
      }
    } finally {
      this.#isPaying = false
    }
  }

  async #ask<T>(
    operation: Operation,
    limitMs: number,
    call: (signal: AbortSignal) => Promise<T>,
  ): Promise<Told<T>> {
    const pass = this.#breaker.enter()
    if (pass === undefined) return { is: 'skipped' }
    const { clock, timeoutMs } = this.#options
    const begun = clock.monotonic()
    const told = this.tier.can.inProcess ? await atOnce(call) : await this.#inTime(limitMs, call)
    const tookMs = clock.monotonic() - begun
    this.#figures.took(operation, tookMs / 1000)
    // What is done too late for a look-up does not speak for a tier, nor against one that nobody doubts.
    const isSlow = told.is === 'ok' && tookMs > timeoutMs
    if (isSlow && !pass.isProbe) return told
    const isGood = told.is === 'ok' && !isSlow
    if (this.#breaker.leave(pass, isGood)) this.#tell('reason' in told ? told.reason : undefined)
    return told
  }

  async #inTime<T>(limitMs: number, call: (signal: AbortSignal) => Promise<T>): Promise<Told<T>> {
    const over = new AbortController()
    const late = async (): Promise<Told<T>> => {
      await this.#options.clock.sleep(limitMs, over.signal)
      // A busy process is late itself: what has come meanwhile is read before anybody is called late.
      if (!over.signal.aborted) await new Promise((resolve) => setImmediate(resolve))
      return { is: 'timeout', reason: `no answer within ${limitMs} ms` }
    }
    try {
      return await Promise.race([answered(() => call(over.signal)), late()])
    } finally {
      over.abort()
    }
  }

  #tell(reason: string | undefined): void {
    const fields = { tier: this.tier.name, pauseMs: this.#options.pauseMs }
    if (this.#breaker.isOpen)
      this.#options.telemetry?.warn('a tier of the cache fails, and is left alone for a while', {
        ...fields,
        reason,
      })
    else this.#options.telemetry?.info('a tier of the cache answers again', fields)
  }
}

type Told<T> =
  | { readonly is: 'ok'; readonly value: T }
  /** `reason`: for the operator, without a secret. */
  | { readonly is: 'error' | 'timeout'; readonly reason: string }
  | { readonly is: 'skipped' }

const noSignal: AbortSignal = new AbortController().signal

function atOnce<T>(call: (signal: AbortSignal) => Promise<T>): Promise<Told<T>> {
  return answered(() => call(noSignal))
}

async function answered<T>(call: () => Promise<T>): Promise<Told<T>> {
  try {
    return { is: 'ok', value: await call() }
  } catch (error) {
    const is = error instanceof CacheTierError && error.kind === 'timeout' ? 'timeout' : 'error'
    return { is, reason: error instanceof Error ? error.message : String(error) }
  }
}
