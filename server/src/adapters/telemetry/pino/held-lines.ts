import { writeSync } from 'node:fs'

/** Lines for which their reader is not ready yet are held up to this size together. */
export const heldBytes: number = 1024 * 1024
/** After so long it is seen whether the reader is ready. */
const retryMs = 50
/** At the end of the process its reader is waited for no longer than this. */
const lastWaitMs = 1000
const lastPauseMs = 5

/**
 * Writes lines to stdout or stderr before the call returns, so that none is lost however the process ends. Where nobody
 * drains the pipe it does not wait, as a plain write would for ever, and the server with it: lines are held, in order,
 * and those beyond `heldBytes` dropped and counted. A terminal that is stopped (Ctrl-S) stops its processes all the same.
 */
export class HeldLines {
  readonly #descriptor: number
  readonly #onDropped: (lines: number) => void
  #held: Uint8Array[] = []
  #size = 0
  #dropped = 0
  #timer: NodeJS.Timeout | undefined

  /** `onDropped` is called once the reader has caught up, with the number of lines that it will never see. */
  constructor(to: 'stdout' | 'stderr', onDropped: (lines: number) => void) {
    // Node makes the descriptor of a pipe or a socket one that does not wait as soon as its stream is asked for.
    void (to === 'stdout' ? process.stdout : process.stderr)
    this.#descriptor = to === 'stdout' ? 1 : 2
    this.#onDropped = onDropped
  }

  /** Throws where the line cannot be written at all: the pipe is closed, the disk full. */
  write(text: string): void {
    const line = Buffer.from(text)
    if (this.#held.length > 0) {
      if (this.#size + line.length > heldBytes) this.#dropped += 1
      else this.#hold(line)
      return
    }
    const rest = this.#put(line)
    if (rest.length === 0) return
    this.#hold(rest)
    process.on('exit', this.#lastTry)
    this.#retryLater()
  }

  #hold(bytes: Uint8Array): void {
    this.#held.push(bytes)
    this.#size += bytes.length
  }

  /** Answers what the reader did not take. */
  #put(bytes: Uint8Array): Uint8Array {
    let rest = bytes
    try {
      while (rest.length > 0) rest = rest.subarray(writeSync(this.#descriptor, rest))
    } catch (error) {
      if (!(error instanceof Error) || !('code' in error) || error.code !== 'EAGAIN') throw error
    }
    return rest
  }

  #retryLater(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#retry()
      if (this.#held.length > 0) this.#retryLater()
    }, retryMs).unref()
  }

  #retry(): void {
    const held = this.#held
    let at = 0
    try {
      for (; at < held.length; at += 1) {
        const rest = this.#put(held[at] ?? nothing)
        if (rest.length === 0) continue
        held[at] = rest
        break
      }
    } catch {
      // There is nobody left to tell.
      at = held.length
    }
    this.#held = held.slice(at)
    this.#size = this.#held.reduce((size, { length }) => size + length, 0)
    if (this.#held.length === 0) this.#caughtUp()
  }

  #caughtUp(): void {
    process.off('exit', this.#lastTry)
    const dropped = this.#dropped
    this.#dropped = 0
    if (dropped > 0) this.#onDropped(dropped)
  }

  readonly #lastTry = (): void => {
    const until = performance.now() + lastWaitMs
    this.#retry()
    while (this.#held.length > 0 && performance.now() < until) {
      Atomics.wait(neverWoken, 0, 0, lastPauseMs)
      this.#retry()
    }
  }
}

const nothing = new Uint8Array(0)
const neverWoken = new Int32Array(new SharedArrayBuffer(4))
