import { chunkBits } from './index-schema.ts'

/** What it takes to keep that a chunk has nothing of a word. */
const emptyBytes = 16

/** Hits of words that many documents have, as far as they were read, until their chunk changes or there is no room. */
export class KeptHits {
  readonly #most: number
  /** Of each word by chunks: its hits, or that it has none there. The word that was asked for last is the last. */
  readonly #words = new Map<string, Map<number, Uint8Array | null>>()
  #bytes = 0

  /** @param most bytes */
  constructor(most: number) {
    this.#most = most
  }

  /** To be read and added to with `add`. */
  of(word: string): ReadonlyMap<number, Uint8Array | null> {
    const chunks = this.#words.get(word) ?? new Map<number, Uint8Array | null>()
    this.#words.delete(word)
    this.#words.set(word, chunks)
    return chunks
  }

  add(word: string, chunk: number, hits: Uint8Array | null): void {
    const chunks = this.#words.get(word)
    if (chunks === undefined) return
    this.#bytes += sizeOf(hits)
    chunks.set(chunk, hits)
    for (const [first] of this.#words) {
      if (this.#bytes <= this.#most) return
      this.#forgetWord(first)
    }
  }

  /** Something in the chunk of this row is of another state. */
  forget(row: number): void {
    const chunk = row >>> chunkBits
    for (const chunks of this.#words.values()) {
      const hits = chunks.get(chunk)
      if (hits === undefined) continue
      this.#bytes -= sizeOf(hits)
      chunks.delete(chunk)
    }
  }

  #forgetWord(word: string): void {
    for (const hits of this.#words.get(word)?.values() ?? []) this.#bytes -= sizeOf(hits)
    this.#words.delete(word)
  }
}

function sizeOf(hits: Uint8Array | null): number {
  return emptyBytes + (hits?.length ?? 0)
}
