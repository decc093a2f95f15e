/** Something that several have in common: made for the first of them, disposed of by the last. */
export class Shared<T extends AsyncDisposable> {
  readonly #make: () => Promise<T>
  #standing: Promise<T> | undefined
  #leases = 0

  constructor(make: () => Promise<T>) {
    this.#make = make
  }

  /** Disposal gives it back. Where it cannot be made, the next one tries again. */
  async lease(): Promise<Lease<T>> {
    this.#leases += 1
    this.#standing ??= this.#make()
    const standing = this.#standing
    try {
      const value = await standing
      let isBack = false
      return {
        value,
        [Symbol.asyncDispose]: async () => {
          if (isBack) return
          isBack = true
          this.#leases -= 1
          if (this.#leases > 0) return
          this.#standing = undefined
          await value[Symbol.asyncDispose]()
        },
      }
    } catch (error) {
      this.#leases -= 1
      if (this.#standing === standing) this.#standing = undefined
      throw error
    }
  }
}

export interface Lease<T> extends AsyncDisposable {
  readonly value: T
}
