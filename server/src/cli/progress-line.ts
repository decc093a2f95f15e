import type { Step } from '../core/ledger/progress.ts'
import { formatByteSize } from '../domain/byte-size.ts'
import type { World } from './world.ts'

const everyMs = 100
/** Before that, a rate is a guess. */
const rateAfterMs = 1000
const clearLine = '\r\u001b[K'

/** One line on the terminal that tells how far long work is, written anew as it goes on; nothing where there is none. */
export class ProgressLine implements Disposable {
  readonly #world: Pick<World, 'screen' | 'ask' | 'now'>
  #phase = ''
  #begun = { at: 0, done: 0 }
  #shownAt = Number.NEGATIVE_INFINITY
  #shown = false

  constructor(world: Pick<World, 'screen' | 'ask' | 'now'>) {
    this.#world = world
  }

  /** What is being done, where nobody knows how far it is. */
  say(text: string): void {
    const { screen } = this.#world
    if (screen === undefined) return
    this.#shown = true
    this.#world.ask(clearLine + text.slice(0, Math.max(0, screen.columns - 1)))
  }

  show(step: Step): void {
    const { screen } = this.#world
    if (screen === undefined) return
    const now = this.#world.now()
    const another = step.phase !== this.#phase
    if (another) {
      this.#phase = step.phase
      this.#begun = { at: now, done: step.done }
    }
    if (!another && now - this.#shownAt < everyMs) return
    this.#shownAt = now
    this.#shown = true
    // The last column stays free: some terminals go to the next line as soon as it is written.
    this.#world.ask(clearLine + fitted(step, this.#pace(step, now), screen.columns - 1))
  }

  /** Leaves the line as it was before. */
  [Symbol.dispose](): void {
    if (this.#shown) this.#world.ask(clearLine)
    this.#shown = false
  }

  #pace({ done }: Step, now: number): number | undefined {
    const elapsed = now - this.#begun.at
    const made = done - this.#begun.done
    return elapsed < rateAfterMs || made <= 0 ? undefined : (made * 1000) / elapsed
  }
}

/** What is least missed is left out first. */
function fitted(step: Step, pace: number | undefined, columns: number): string {
  const { phase, done, of } = step
  const far = of === undefined ? amount(step, done) : `${amount(step, done)} of ${amount(step, of)}`
  const share = of === undefined || of === 0 ? [] : [`${Math.floor((100 * Math.min(done, of)) / of)} %`]
  const left = pace === undefined || of === undefined ? [] : [`${clock((of - done) / pace)} left`]
  const rate = pace === undefined ? [] : [`${amount(step, Math.round(pace))}/s`]
  const parts = [far, ...share, ...left, ...rate]
  while (parts.length > 1 && lineOf(phase, parts).length > columns) parts.pop()
  return lineOf(phase, parts).slice(0, Math.max(0, columns))
}

function lineOf(phase: string, parts: readonly string[]): string {
  return `${phase}: ${parts.join(', ')}`
}

function amount({ unit }: Step, count: number): string {
  return unit === 'bytes' ? formatByteSize(count) : `${count} ${unit}`
}

/** `0:07`, `1:02:03` */
function clock(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds))
  const two = (count: number): string => String(count).padStart(2, '0')
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60]
  return hours === 0 ? `${minutes}:${two(whole % 60)}` : `${hours}:${two(minutes)}:${two(whole % 60)}`
}
