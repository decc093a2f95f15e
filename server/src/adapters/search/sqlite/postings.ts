import { damaged } from './connection.ts'
import { chunkBits } from './index-schema.ts'

/** Rows of one chunk that have a word, in their order. */
export interface Hits {
  /** Rows, counted from the chunk's first one. */
  readonly rows: Uint16Array
  /** In which fields, one bit each. */
  readonly fields: Uint8Array
}

/** For each hit, field by field: how many times, and each place as its distance from the one before; as numbers of 7 bits a byte. */
export type Places = Uint8Array

/** First all rows, then all fields: 3 bytes for each hit. */
export function hitsOf(bytes: Uint8Array): Hits {
  const count = bytes.length / 3
  if (!Number.isInteger(count) || count > 1 << chunkBits) throw damaged('hits of a word have no such length')
  const aligned = bytes.byteOffset % 2 === 0 ? bytes : bytes.slice()
  return {
    rows: new Uint16Array(aligned.buffer, aligned.byteOffset, count),
    fields: aligned.subarray(2 * count),
  }
}

export function bytesOf({ rows, fields }: Hits): Uint8Array {
  const bytes = new Uint8Array(3 * rows.length)
  bytes.set(new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength))
  bytes.set(fields, 2 * rows.length)
  return bytes
}

/** Answers where the next one goes. */
export function pushNumber(bytes: Uint8Array, at: number, number: number): number {
  let to = at
  let left = number
  while (left > 0x7f) {
    bytes[to++] = (left & 0x7f) | 0x80
    left >>>= 7
  }
  bytes[to++] = left
  return to
}

/** Goes through places from their beginning. */
export class PlaceReader {
  readonly #bytes: Places
  at = 0

  constructor(bytes: Places) {
    this.#bytes = bytes
  }

  number(): number {
    let number = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#bytes[this.at++]
      if (byte === undefined) break
      number |= (byte & 0x7f) << shift
      if (byte < 0x80) return number
    }
    throw damaged('places of a word end too early')
  }

  /** To the places of the next hit. */
  skip(fields: number): void {
    for (let left = fields; left !== 0; left &= left - 1)
      for (let times = this.number(); times > 0; times--) this.number()
  }
}

/** Where the places of each hit begin, and at last where they end. */
export function placeBounds({ fields }: Hits, places: Places): Uint32Array {
  const bounds = new Uint32Array(fields.length + 1)
  const reader = new PlaceReader(places)
  for (let at = 0; at < fields.length; at++) {
    reader.skip(fields[at] ?? 0)
    bounds[at + 1] = reader.at
  }
  if (reader.at !== places.length) throw damaged('places of a word go on')
  return bounds
}
