import { PassingMap } from '../../../domain/passing-map.ts'

/** What several wait for at once. */
export interface Flight {
  /** Its key was changed since it began: what it brings is for those who wait already, and is kept by nobody. */
  readonly isVoid: boolean
}

interface Flying<T> {
  isVoid: boolean
  answer: Promise<T> | undefined
}

/** One at a time for each name. */
export class Flights<T> {
  readonly #flying = new PassingMap<string, Flying<T>>()

  join(name: string, work: (flight: Flight) => Promise<T>): Promise<T> {
    const known = this.#flying.get(name)?.answer
    if (known !== undefined) return known
    const flight: Flying<T> = { isVoid: false, answer: undefined }
    this.#flying.set(name, flight)
    const answer = work(flight).finally(() => {
      if (this.#flying.get(name) === flight) this.#flying.delete(name)
    })
    flight.answer = answer
    return answer
  }

  /** Whoever comes from now on begins anew. */
  end(names: readonly string[]): void {
    for (const name of names) {
      const flight = this.#flying.get(name)
      if (flight !== undefined) flight.isVoid = true
      this.#flying.delete(name)
    }
  }

  endAll(): void {
    for (const flight of this.#flying.values()) flight.isVoid = true
    while (this.#flying.oldest !== undefined) this.#flying.delete(this.#flying.oldest)
  }
}
