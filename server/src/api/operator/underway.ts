import type { OperationName } from '../../boot/operator.ts'

/** What runs now: each sort of work once, since two of a sort would only do the same twice. */
export class Underway {
  readonly #since = new Map<OperationName, number>()
  readonly #ended = new Set<Promise<unknown>>()
  readonly #stopped = new AbortController()
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  /** @throws Busy where one of that sort runs, Stopping where the server ends */
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
    const ended = running.then(
      () => undefined,
      () => undefined,
    )
    this.#ended.add(ended)
    try {
      const result = await running
      // Some work answers what it had done until it was cut short, which is not what was asked for.
      this.#stopped.signal.throwIfAborted()
      return result
    } finally {
      this.#since.delete(name)
      this.#ended.delete(ended)
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
    await Promise.race([Promise.all(this.#ended), late.promise])
    clearTimeout(timer)
    return [...this.#since.keys()]
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
