import { type SearchField, searchFields } from '../../../domain/search.ts'
import { grownTo } from './grown.ts'
import { chunkBits } from './index-schema.ts'
import { type Places, pushNumber } from './postings.ts'
import { WordTable } from './word-table.ts'

export type Texts = Readonly<Record<SearchField, string>>

/** What one word has in a chunk, as it is kept. Good until the next one is asked for. */
export interface WordPostings {
  readonly word: string
  readonly count: number
  readonly hits: Uint8Array
  readonly places: Places
}

const firstRoom = 65_536
/** A row and a field as one number. */
const fieldBits = 3
const fieldMask = (1 << fieldBits) - 1
/** A number takes so many bytes at most. */
const numberBytes = 5

/** Gathers the words of rows of one chunk, which come in their order. */
export class ChunkWords {
  readonly #table = new WordTable()
  /** How often each word occurs. */
  #counts: Uint32Array = new Uint32Array(firstRoom)
  /** Of each occurrence: its word, its row and field, and its place. */
  #words: Uint32Array = new Uint32Array(firstRoom)
  #spots: Uint32Array = new Uint32Array(firstRoom)
  #places: Uint32Array = new Uint32Array(firstRoom)
  #size = 0
  /** What is told of one word, used by one after the other. */
  readonly #hitBytes = new Uint8Array(3 << chunkBits)
  readonly #hitRows = new Uint16Array(this.#hitBytes.buffer, 0, 1 << chunkBits)
  readonly #fields = new Uint8Array(1 << chunkBits)
  #placeBytes: Uint8Array = new Uint8Array(firstRoom)

  get isEmpty(): boolean {
    return this.#size === 0
  }

  /** `row`: within the chunk. */
  add(row: number, texts: Texts): void {
    for (let field = 0; field < searchFields.length; field++) {
      const text = texts[searchFields[field] ?? 'name']
      const spot = (row << fieldBits) | field
      let place = 0
      for (let begin = 0; begin < text.length; place++) {
        const blank = text.indexOf(' ', begin)
        const end = blank < 0 ? text.length : blank
        this.#push(this.#table.numberOf(text, begin, end), spot, place)
        begin = end + 1
      }
    }
  }

  /** All words in their order, then forgets them. */
  *take(): Generator<WordPostings> {
    const begins = this.#begins()
    const order = this.#byWord(begins)
    const { words } = this.#table
    const sorted = [...words.keys()].sort((one, other) =>
      (words[one] ?? '') < (words[other] ?? '') ? -1 : 1,
    )
    for (const number of sorted) {
      const begin = begins[number] ?? 0
      yield this.#encoded(words[number] ?? '', order.subarray(begin, begin + (this.#counts[number] ?? 0)))
    }
    this.#table.clear()
    this.#counts.fill(0)
    this.#size = 0
  }

  #push(number: number, spot: number, place: number): void {
    this.#counts = grownTo(this.#counts, number + 1)
    const at = this.#size++
    if (at === this.#words.length) {
      this.#words = grownTo(this.#words, at + 1)
      this.#spots = grownTo(this.#spots, at + 1)
      this.#places = grownTo(this.#places, at + 1)
    }
    this.#counts[number] = (this.#counts[number] ?? 0) + 1
    this.#words[at] = number
    this.#spots[at] = spot
    this.#places[at] = place
  }

  #begins(): Uint32Array {
    const begins = new Uint32Array(this.#table.words.length)
    let sum = 0
    for (let number = 0; number < begins.length; number++) {
      begins[number] = sum
      sum += this.#counts[number] ?? 0
    }
    return begins
  }

  /** Occurrences of each word beside each other, in the order in which they came: by row, field and place. */
  #byWord(begins: Uint32Array): Uint32Array {
    const next = begins.slice()
    const order = new Uint32Array(this.#size)
    for (let at = 0; at < order.length; at++) {
      const number = this.#words[at] ?? 0
      const to = next[number] ?? 0
      order[to] = at
      next[number] = to + 1
    }
    return order
  }

  #encoded(word: string, occurrences: Uint32Array): WordPostings {
    const [spots, places] = [this.#spots, this.#places]
    this.#placeBytes = grownTo(this.#placeBytes, 2 * numberBytes * occurrences.length)
    const [hits, bytes] = [this.#hitBytes, this.#placeBytes]
    const fields = this.#fields
    let [hit, used, lastRow] = [-1, 0, -1]
    for (let at = 0; at < occurrences.length; ) {
      const spot = spots[occurrences[at] ?? 0] ?? 0
      const begin = at
      while (at < occurrences.length && spots[occurrences[at] ?? 0] === spot) at++
      used = pushNumber(bytes, used, at - begin)
      for (let n = begin, last = 0; n < at; n++) {
        const place = places[occurrences[n] ?? 0] ?? 0
        used = pushNumber(bytes, used, place - last)
        last = place
      }
      const row = spot >>> fieldBits
      if (row !== lastRow) {
        lastRow = row
        hit++
        this.#hitRows[hit] = row
        fields[hit] = 0
      }
      fields[hit] = (fields[hit] ?? 0) | (1 << (spot & fieldMask))
    }
    const rows = hit + 1
    hits.set(fields.subarray(0, rows), 2 * rows)
    return { word, count: rows, hits: hits.subarray(0, 3 * rows), places: bytes.subarray(0, used) }
  }
}

export function distinctWords(texts: Texts): Set<string> {
  const words = new Set<string>()
  for (const field of searchFields)
    if (texts[field] !== '') for (const word of texts[field].split(' ')) words.add(word)
  return words
}

export const chunkOf = (row: number): number => row >>> chunkBits
