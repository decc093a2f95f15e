/**
 * Chance that repeats itself: the same parts give the same numbers, whatever was asked of another one before. Good enough to
 * look at, and nothing else.
 */
export class Chance {
  #state: number

  constructor(...parts: readonly (number | string)[]) {
    let state = 0x9e3779b9
    for (const part of parts)
      state = mixed(state ^ (typeof part === 'number' ? numberHash(part) : textHash(part)))
    this.#state = state
  }

  /** 0 to 2 ** 32 - 1. */
  word(): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0
    return mixed(this.#state)
  }

  /** From 0, below 1. */
  share(): number {
    return this.word() / 2 ** 32
  }

  /** A whole number from 0 to `below` - 1. */
  int(below: number): number {
    return Math.floor(this.share() * below)
  }

  /** As `int`, and the smaller the more likely: the first of a thousand comes up once in ten times. */
  skewed(below: number): number {
    return Math.floor(this.share() ** 3 * below)
  }

  isTrue(probability: number): boolean {
    return this.share() < probability
  }

  pick<T>(list: readonly [T, ...T[]]): T {
    return list[this.int(list.length)] ?? list[0]
  }

  /** Different ones, those at the front of the list more often, at most `count`. */
  some<T>(list: readonly [T, ...T[]], count: number): T[] {
    const picked = Array.from({ length: count }, () => list[this.skewed(list.length)] ?? list[0])
    return [...new Set(picked)]
  }

  bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length)
    for (let at = 0; at < length; at++) bytes[at] = this.word() >>> 24
    return bytes
  }
}

/** A bijection of 32 bits in which each bit of the input moves half of those of the output. */
function mixed(word: number): number {
  let state = word >>> 0
  state = Math.imul(state ^ (state >>> 16), 0x21f0aaad)
  state = Math.imul(state ^ (state >>> 15), 0x735a2d97)
  return (state ^ (state >>> 15)) >>> 0
}

function numberHash(value: number): number {
  return mixed((value >>> 0) ^ mixed(Math.floor(value / 2 ** 32)))
}

/** FNV-1a of code units. */
function textHash(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return mixed(hash)
}
