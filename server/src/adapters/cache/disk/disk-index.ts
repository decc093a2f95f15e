export interface KnownFile {
  readonly bytes: number
  /** Of the wall clock: it is good until then at most. */
  readonly until: number
}

/** What stands in a folder, the least recently used first, and what has to go so that it is not too much. */
export class DiskIndex {
  readonly #maxBytes: number
  readonly #maxEntries: number
  readonly #files = new Map<string, KnownFile>()
  #bytes = 0

  constructor({ maxBytes, maxEntries }: { readonly maxBytes: number; readonly maxEntries: number }) {
    this.#maxBytes = maxBytes
    this.#maxEntries = maxEntries
  }

  get entries(): number {
    return this.#files.size
  }

  get bytes(): number {
    return this.#bytes
  }

  /** It is the one that was used last. */
  note(name: string, file: KnownFile): void {
    this.drop(name)
    this.#files.set(name, file)
    this.#bytes += file.bytes
  }

  drop(name: string): void {
    this.#bytes -= this.#files.get(name)?.bytes ?? 0
    this.#files.delete(name)
  }

  /** The names of what is too much; they are dropped. */
  takeExcess(): string[] {
    const excess: string[] = []
    for (const [name] of this.#files) {
      if (this.#bytes <= this.#maxBytes && this.#files.size <= this.#maxEntries) break
      excess.push(name)
      this.drop(name)
    }
    return excess
  }

  /** The names of what is not good any more; they are dropped. */
  takeExpired(now: number): string[] {
    const expired = Array.from(this.#files)
      .filter(([, { until }]) => until <= now)
      .map(([name]) => name)
    for (const name of expired) this.drop(name)
    return expired
  }

  takeAll(): string[] {
    const all = [...this.#files.keys()]
    this.#files.clear()
    this.#bytes = 0
    return all
  }
}
