import { isRegistryError } from '../../domain/error.ts'
import type { Clock } from '../../ports/clock/clock.ts'
import type { Embedded } from '../embedded.ts'
import { ConflictError, TimeoutError } from '../errors.ts'
import { guardedFace } from '../guarded-face.ts'
import { Underway } from '../underway.ts'
import type { PendingChanges } from './pending-changes.ts'
import type { Joinable } from './transaction-context.ts'

/** Beyond, node fires at once. */
const longestTimerMs = 2_147_483_647

/** `unsettled`: its batch met a fault and can be sent again. `late`: its time was over before anybody ended it. */
type State = 'open' | 'ending' | 'unsettled' | 'ended' | 'late'

export interface TransactionParts {
  readonly pending: PendingChanges
  /** Of the backend; its artifacts are those of the transaction here. */
  readonly face: Embedded
  readonly clock: Pick<Clock, 'monotonic'>
  /** Called once nothing more can come of it. */
  readonly ended: (transaction: OpenTransaction) => void
}

/** The life of a transaction: it works, and then it is committed, rolled back, or late. */
export class OpenTransaction implements Joinable {
  readonly #face: Embedded
  readonly #parts: TransactionParts
  readonly #deadline: number
  readonly #timer: NodeJS.Timeout
  readonly #underway = new Underway()
  #state: State = 'open'
  #hasEnded = false
  #ending: Promise<void> | undefined
  #writing: Promise<void> | undefined

  constructor(parts: TransactionParts) {
    this.#parts = parts
    // What is remembered is what others see.
    const { generations: _, ...face } = parts.face
    const { artifacts, watch } = parts.pending
    this.#face = guardedFace({ ...face, artifacts, watch }, (call) => this.#during(call))
    const { transactionTime } = parts.face.limits
    this.#deadline = parts.clock.monotonic() + transactionTime
    this.#timer = setTimeout(() => this.#expire(), Math.min(transactionTime, longestTimerMs))
    this.#timer.unref()
  }

  /** Somebody has asked for its end: whatever came of that, what is done from now on is not done in it. */
  get hasEnded(): boolean {
    return this.#hasEnded
  }

  /** What can be done in it. @throws TimeoutError once its time is over; ConflictError once it has ended */
  openFace(): Embedded {
    this.#requireOpen()
    return this.#face
  }

  #requireOpen(): void {
    this.#requireInTime()
    if (this.#state === 'open') return
    throw new ConflictError(
      this.#state === 'unsettled'
        ? 'the transaction was to be committed, and that is not settled: commit it again, or roll it back'
        : 'the transaction has ended',
    )
  }

  /** After `unavailable` and `unknown-outcome` it can be called again. @throws what `PendingChanges.write` throws, TimeoutError */
  async commit(): Promise<void> {
    this.#hasEnded = true
    if (this.#state !== 'unsettled') this.#requireOpen()
    this.#state = 'ending'
    this.#writing = this.#write()
    await this.#writing
  }

  /** @throws TimeoutError: it was rolled back before; ConflictError: it has ended */
  async rollback(): Promise<void> {
    this.#hasEnded = true
    if (this.#state !== 'unsettled') this.#requireOpen()
    this.#state = 'ending'
    await this.#giveUp()
  }

  /** For a backend that is closed: what is being committed comes to its end first. Does not throw. */
  async close(): Promise<void> {
    this.#hasEnded = true
    // Whoever commits hears of it.
    await this.#writing?.catch(() => undefined)
    if (this.#state === 'open' || this.#state === 'unsettled') {
      this.#state = 'ending'
      await this.#giveUp()
    }
    await this.#ending
  }

  async #write(): Promise<void> {
    await this.#underway.idle()
    try {
      await this.#parts.pending.write()
      this.#end()
    } catch (error) {
      if (canBeRepeated(error)) this.#state = 'unsettled'
      else await this.#giveUp()
      throw error
    }
  }

  async #during<T>(call: () => Promise<T>): Promise<T> {
    this.#requireOpen()
    this.#underway.begin()
    try {
      const value = await call()
      this.#requireInTime()
      return value
    } catch (error) {
      // Whatever it met then, it met because of that.
      this.#requireInTime()
      throw error
    } finally {
      this.#underway.end()
    }
  }

  #requireInTime(): void {
    const isOver = this.#state === 'open' && this.#parts.clock.monotonic() >= this.#deadline
    if (isOver) this.#expire()
    if (this.#state !== 'late') return
    const { transactionTime } = this.#face.limits
    throw new TimeoutError(
      `the transaction was rolled back: nobody had ended it after ${transactionTime} ms (limits.transactionTime)`,
    )
  }

  #expire(): void {
    if (this.#state !== 'open' && this.#state !== 'unsettled') return
    this.#state = 'late'
    this.#giveUp().catch(() => undefined)
  }

  #giveUp(): Promise<void> {
    const giveUp = async (): Promise<void> => {
      await this.#underway.idle()
      await this.#parts.pending.giveUp()
      this.#end()
    }
    this.#ending ??= giveUp()
    return this.#ending
  }

  #end(): void {
    clearTimeout(this.#timer)
    if (this.#state !== 'late') this.#state = 'ended'
    this.#parts.ended(this)
  }
}

function canBeRepeated(error: unknown): boolean {
  return (
    isRegistryError(error, 'unavailable') ||
    isRegistryError(error, 'storage-full') ||
    isRegistryError(error, 'unknown-outcome')
  )
}
