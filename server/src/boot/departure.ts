import { setTimeout } from 'node:timers/promises'

/**
 * How a process goes: it says so first, and still answers for a while, so that whoever sends requests here can turn to
 * another one before nobody listens any more.
 */
export class Departure {
  readonly #said = new AbortController()
  readonly #hurry = new AbortController()

  /** Aborts as soon as the process is about to go. */
  get said(): AbortSignal {
    return this.#said.signal
  }

  /** Answers after `delayMs`, or once there is no time for that. */
  async say(delayMs = 0): Promise<void> {
    this.#said.abort()
    if (delayMs === 0) return
    await setTimeout(delayMs, undefined, { signal: this.#hurry.signal }).catch(() => undefined)
  }

  /** What is under way ends; nothing new is waited for. */
  hurry(): void {
    this.#hurry.abort()
  }
}
