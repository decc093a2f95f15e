/** Work that was begun and has not ended. */
export class Underway {
  #count = 0
  #idle: PromiseWithResolvers<void> | undefined

  begin(): void {
    this.#count += 1
  }

  end(): void {
    this.#count -= 1
    if (this.#count > 0) return
    this.#idle?.resolve()
    this.#idle = undefined
  }

  /** Once nothing is under way. Whoever waits sees to it that nothing more is begun. */
  async idle(): Promise<void> {
    if (this.#count === 0) return
    this.#idle ??= Promise.withResolvers()
    await this.#idle.promise
  }
}
