import type { OperationName } from '../../boot/operator.ts'

/**
 * From when nobody wants work any more until another of its sort may begin (ms): a call of a disk that does not answer
 * cannot be cut short. When it comes back its signal ends it.
 */
const letGoAfterMs = 10_000

/** What runs now: each sort of work once, since two of a sort would only do the same twice. */
export class Underway {
  readonly #since = new Map<OperationName, number>()
  /** Until each has ended, also those that were let go of. */
  readonly #ended = new Map<Promise<unknown>, OperationName>()
  readonly #stopped = new AbortController()
  readonly #now: () => number
  readonly #letGoAfterMs: number

  constructor(now: () => number, afterMs: number = letGoAfterMs) {
    this.#now = now
    this.#letGoAfterMs = afterMs
  }

  /** @throws Busy where one of that sort runs, Stopping where the server ends, what `wanted` says of work that was let go of */
  async run<T>(
    name: OperationName,
    wanted: AbortSignal,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    this.#stopped.signal.throwIfAborted()
    const since = this.#since.get(name)
    if (since !== undefined) throw new Busy(name, since)
    this.#since.set(name, this.#now())
    const running = work(AbortSignal.any([wanted, this.#stopped.signal]))
    const ended: Promise<unknown> = running.catch(() => undefined).finally(() => this.#ended.delete(ended))
    this.#ended.set(ended, name)
    using unwanted = this.#longUnwanted(wanted)
    try {
      const result = await Promise.race([running, unwanted.since])
      // Some work answers what it had done until it was cut short, which is not what was asked for.
      this.#stopped.signal.throwIfAborted()
      return result
    } finally {
      this.#since.delete(name)
    }
  }

  /** `since` rejects some time after the signal has aborted. */
  #longUnwanted(wanted: AbortSignal): Disposable & { readonly since: Promise<never> } {
    const { promise: since, reject } = Promise.withResolvers<never>()
    // What has ended by itself is asked no more.
    since.catch(() => undefined)
    let timer: NodeJS.Timeout | undefined
    const begin = (): void => {
      timer = setTimeout(() => reject(wanted.reason), this.#letGoAfterMs).unref()
    }
    if (wanted.aborted) begin()
    else wanted.addEventListener('abort', begin, { once: true })
    return {
      since,
      [Symbol.dispose]: () => {
        wanted.removeEventListener('abort', begin)
        clearTimeout(timer)
      },
    }
  }

  /**
   * Cuts short what runs, and waits for it, at most so many milliseconds: a read of a disk that does not answer cannot be
   * cut short. Answers what has not ended then.
   */
  async stop(graceMs: number): Promise<readonly OperationName[]> {
    this.#stopped.abort(new Stopping())
    const late = Promise.withResolvers<void>()
    const timer = setTimeout(late.resolve, graceMs)
    await Promise.race([Promise.all(this.#ended.keys()), late.promise])
    clearTimeout(timer)
    return [...new Set(this.#ended.values())]
  }
}

export class Busy extends Error {
  constructor(name: OperationName, since: number) {
    super(`a ${name} is running already, since ${new Date(since).toISOString()}; wait for it to end`)
    this.name = 'Busy'
  }
}

export class Stopping extends Error {
  constructor() {
    super('the server is stopping; start the command again once it has ended or is back')
    this.name = 'Stopping'
  }
}
