import { grownTo } from './grown.ts'

const firstSlots = 65_536

/** Numbers words from 0 on. Words are parts of texts: no text is made of one that is known. */
export class WordTable {
  /** By a word's hash and those that follow: its number plus 1, or 0. */
  #slots = new Uint32Array(firstSlots)
  #hashes: Uint32Array = new Uint32Array(firstSlots)
  #words: string[] = []

  get words(): readonly string[] {
    return this.#words
  }

  numberOf(text: string, begin: number, end: number): number {
    let hash = 0x811c9dc5
    // FNV-1a over units of two bytes.
    for (let at = begin; at < end; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
    hash = (hash ^ (hash >>> 15)) >>> 0
    const mask = this.#slots.length - 1
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const number = (this.#slots[slot] ?? 0) - 1
      if (number < 0) return this.#added(text.slice(begin, end), hash, slot)
      if (this.#hashes[number] === hash && isAt(this.#words[number] ?? '', text, begin, end)) return number
    }
  }

  clear(): void {
    this.#slots.fill(0)
    this.#words = []
  }

  #added(word: string, hash: number, slot: number): number {
    const number = this.#words.push(word) - 1
    this.#hashes = grownTo(this.#hashes, number + 1)
    this.#hashes[number] = hash
    this.#slots[slot] = number + 1
    if (this.#words.length * 2 > this.#slots.length) this.#spread()
    return number
  }

  #spread(): void {
    const slots = new Uint32Array(2 * this.#slots.length)
    const mask = slots.length - 1
    for (let number = 0; number < this.#words.length; number++) {
      let slot = (this.#hashes[number] ?? 0) & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = number + 1
    }
    this.#slots = slots
  }
}

function isAt(word: string, text: string, begin: number, end: number): boolean {
  if (word.length !== end - begin) return false
  for (let at = 0; at < word.length; at++)
    if (word.charCodeAt(at) !== text.charCodeAt(begin + at)) return false
  return true
}
