/** Words that follow each other, the last of them whole or the beginning of one. */
export interface WantedWords {
  readonly words: readonly string[]
  readonly prefix: boolean
}

/**
 * Where any of many wanted words stand. A text is gone through once, however many are wanted: what somebody may ask for in one
 * question, held against each word one after the other, takes seconds.
 */
export class WordFinder {
  readonly #wanted: readonly WantedWords[]
  /** By their first word: places among those that are wanted. */
  readonly #byWord = new Map<string, number[]>()
  /** Single beginnings, by their first sign; of an empty one every word is one. */
  readonly #byBeginning = new Map<string, number[]>()

  constructor(wanted: readonly WantedWords[]) {
    this.#wanted = wanted
    for (const [at, { words, prefix }] of wanted.entries()) {
      const [first] = words
      if (first === undefined) continue
      const isBegun = prefix && words.length === 1
      const [places, key] = isBegun ? [this.#byBeginning, first.slice(0, 1)] : [this.#byWord, first]
      const known = places.get(key)
      if (known === undefined) places.set(key, [at])
      else known.push(at)
    }
  }

  /** @param found is told which of the wanted stands there, and at which place of the text it begins */
  find(text: readonly string[], found: (wanted: number, at: number) => void): void {
    const any = this.#byBeginning.get('') ?? []
    for (let at = 0; at < text.length; at++) {
      const word = text[at] ?? ''
      for (const n of this.#byWord.get(word) ?? none) if (this.#goesOn(n, text, at)) found(n, at)
      if (this.#byBeginning.size === 0) continue
      for (const n of this.#byBeginning.get(word.slice(0, 1)) ?? none)
        if (word.startsWith(this.#wanted[n]?.words[0] ?? '')) found(n, at)
      if (word !== '') for (const n of any) found(n, at)
    }
  }

  #goesOn(wanted: number, text: readonly string[], at: number): boolean {
    const { words = none, prefix = false } = this.#wanted[wanted] ?? {}
    const last = words.length - 1
    if (at + last >= text.length) return false
    for (let n = 1; n <= last; n++) {
      const [word = '', here = ''] = [words[n], text[at + n]]
      if (prefix && n === last ? !here.startsWith(word) : here !== word) return false
    }
    return true
  }
}

const none: readonly never[] = []
