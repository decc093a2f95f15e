/**
 * Work that is the same whoever asks for it. Who comes while it is done waits for the next time, which is begun behind this
 * one for all who came meanwhile: what was there before somebody asked is in what they get.
 */
export class Together<T> {
  readonly #work: () => Promise<T>
  #running: Promise<T> | undefined
  #next: Promise<T> | undefined

  constructor(work: () => Promise<T>) {
    this.#work = work
  }

  run(): Promise<T> {
    if (this.#next !== undefined) return this.#next
    if (this.#running === undefined) return this.#begin()
    const behind = (): Promise<T> => {
      this.#next = undefined
      return this.#begin()
    }
    this.#next = this.#running.then(behind, behind)
    return this.#next
  }

  /** Once nothing is done for anybody. Who waits sees to it that nobody asks again. */
  async idle(): Promise<void> {
    while (this.#running !== undefined || this.#next !== undefined)
      await Promise.allSettled([this.#running, this.#next])
  }

  #begin(): Promise<T> {
    const running = this.#work().finally(() => {
      if (this.#running === running) this.#running = undefined
    })
    this.#running = running
    return running
  }
}
