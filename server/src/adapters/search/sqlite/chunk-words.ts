import { type SearchField, searchFields } from '../../../domain/search.ts'
import { chunkBits } from './index-schema.ts'
import { type Hits, type Places, pushNumber } from './postings.ts'

export type Texts = Readonly<Record<SearchField, string>>

/** What one word has in a chunk. */
export interface WordPostings {
  readonly word: string
  readonly hits: Hits
  readonly places: Places
}

const firstRoom = 65_536
const placeRange = 2 ** 32

/** Gathers the words of rows of one chunk, which come in their order. */
export class ChunkWords {
  readonly #numbers = new Map<string, number>()
  /** How often each word occurs. */
  #counts: number[] = []
  /** Of each occurrence: its word, row and field, and its place. */
  #words = new Uint32Array(firstRoom)
  #rows = new Uint16Array(firstRoom)
  #places = new Float64Array(firstRoom)
  #size = 0

  get isEmpty(): boolean {
    return this.#size === 0
  }

  /** `row`: within the chunk. */
  add(row: number, texts: Texts): void {
    searchFields.forEach((field, at) => {
      const text = texts[field]
      let place = 0
      for (let begin = 0; begin < text.length; place++) {
        const blank = text.indexOf(' ', begin)
        const end = blank < 0 ? text.length : blank
        this.#push(text.slice(begin, end), row, at * placeRange + place)
        begin = end + 1
      }
    })
  }

  /** All words in their order, then forgets them. */
  *take(): Generator<WordPostings> {
    const begins = this.#begins()
    const order = this.#byWord(begins)
    for (const word of [...this.#numbers.keys()].sort()) {
      const number = this.#numbers.get(word) ?? 0
      const begin = begins[number] ?? 0
      yield { word, ...this.#encoded(order.subarray(begin, begin + (this.#counts[number] ?? 0))) }
    }
    this.#numbers.clear()
    this.#counts = []
    this.#size = 0
  }

  #push(word: string, row: number, place: number): void {
    let number = this.#numbers.get(word)
    if (number === undefined) {
      number = this.#counts.length
      this.#numbers.set(word, number)
      this.#counts.push(0)
    }
    if (this.#size === this.#words.length) this.#grow()
    this.#counts[number] = (this.#counts[number] ?? 0) + 1
    this.#words[this.#size] = number
    this.#rows[this.#size] = row
    this.#places[this.#size++] = place
  }

  #grow(): void {
    const [words, rows, places] = [this.#words, this.#rows, this.#places]
    this.#words = new Uint32Array(2 * words.length)
    this.#words.set(words)
    this.#rows = new Uint16Array(2 * rows.length)
    this.#rows.set(rows)
    this.#places = new Float64Array(2 * places.length)
    this.#places.set(places)
  }

  #begins(): Uint32Array {
    const begins = new Uint32Array(this.#counts.length)
    let sum = 0
    this.#counts.forEach((count, number) => {
      begins[number] = sum
      sum += count
    })
    return begins
  }

  /** Occurrences of each word beside each other, in the order in which they came: by row, field and place. */
  #byWord(begins: Uint32Array): Uint32Array {
    const next = begins.slice()
    const order = new Uint32Array(this.#size)
    for (let at = 0; at < this.#size; at++) {
      const number = this.#words[at] ?? 0
      const to = next[number] ?? 0
      order[to] = at
      next[number] = to + 1
    }
    return order
  }

  #encoded(occurrences: Uint32Array): { hits: Hits; places: Places } {
    const rows = new Uint16Array(occurrences.length)
    const fields = new Uint8Array(occurrences.length)
    const bytes: number[] = []
    let hits = 0
    let at = 0
    while (at < occurrences.length) {
      const row = this.#rows[occurrences[at] ?? 0] ?? 0
      let mask = 0
      while (at < occurrences.length && this.#rows[occurrences[at] ?? 0] === row) {
        const field = this.#fieldOf(occurrences[at])
        const begin = at
        while (
          at < occurrences.length &&
          this.#rows[occurrences[at] ?? 0] === row &&
          this.#fieldOf(occurrences[at]) === field
        )
          at++
        pushNumber(bytes, at - begin)
        let last = field * placeRange
        for (let n = begin; n < at; n++) {
          const place = this.#places[occurrences[n] ?? 0] ?? 0
          pushNumber(bytes, place - last)
          last = place
        }
        mask |= 1 << field
      }
      rows[hits] = row
      fields[hits++] = mask
    }
    return {
      hits: { rows: rows.slice(0, hits), fields: fields.slice(0, hits) },
      places: Uint8Array.from(bytes),
    }
  }

  #fieldOf(occurrence: number | undefined): number {
    return Math.floor((this.#places[occurrence ?? 0] ?? 0) / placeRange)
  }
}

export function distinctWords(texts: Texts): Set<string> {
  const words = new Set<string>()
  for (const field of searchFields)
    if (texts[field] !== '') for (const word of texts[field].split(' ')) words.add(word)
  return words
}

export const chunkOf = (row: number): number => row >>> chunkBits
