import { searchFields } from '../../../domain/search.ts'
import { type Hits, PlaceReader, type Places } from './postings.ts'

interface Posted {
  readonly hits: Hits
  readonly places: Places
}

/** A place as one number, in the order of rows, fields and places: exact up to 2 ** 53. */
const fieldRange = 2 ** 32
const rowRange = 2 ** 35

/** Where words follow each other, in one chunk. Of each word: all that it may be, where that is the beginning of one. */
export function phraseHits(words: readonly (readonly Posted[])[]): Hits {
  let begun: Float64Array | undefined
  for (const [at, posted] of words.entries()) {
    const here = placesOf(posted, at)
    begun = begun === undefined ? here : shared(begun, here)
    if (begun.length === 0) break
  }
  return hitsAt(begun ?? new Float64Array())
}

/** All places, each less `shift`: words that follow each other are at the same place then. */
function placesOf(posted: readonly Posted[], shift: number): Float64Array {
  const found: number[] = []
  for (const { hits, places } of posted) {
    const reader = new PlaceReader(places)
    hits.rows.forEach((row, at) => {
      const fields = hits.fields[at] ?? 0
      for (let field = 0; field < searchFields.length; field++) {
        if ((fields & (1 << field)) === 0) continue
        let place = 0
        for (let times = reader.number(); times > 0; times--) {
          place += reader.number()
          if (place >= shift) found.push(row * rowRange + field * fieldRange + place - shift)
        }
      }
    })
  }
  const all = Float64Array.from(found)
  return posted.length > 1 ? all.sort() : all
}

/** What is in both; each is in its order. */
function shared(one: Float64Array, other: Float64Array): Float64Array {
  let [found, at] = [0, 0]
  const both = new Float64Array(Math.min(one.length, other.length))
  for (const place of one) {
    while (at < other.length && (other[at] ?? 0) < place) at++
    if (other[at] === place) both[found++] = place
  }
  return both.subarray(0, found)
}

function hitsAt(places: Float64Array): Hits {
  const rows = new Uint16Array(places.length)
  const fields = new Uint8Array(places.length)
  let found = 0
  for (const place of places) {
    const row = Math.floor(place / rowRange)
    const field = Math.floor((place - row * rowRange) / fieldRange)
    if (found === 0 || rows[found - 1] !== row) rows[found++] = row
    fields[found - 1] = (fields[found - 1] ?? 0) | (1 << field)
  }
  return { rows: rows.slice(0, found), fields: fields.slice(0, found) }
}
