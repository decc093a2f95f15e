import { type Hits, type Places, placeBounds } from './postings.ts'

/** What a word has in one chunk. */
export interface Posted {
  readonly hits: Hits
  readonly places: Places
}

export const nothingPosted: Posted = {
  hits: { rows: new Uint16Array(), fields: new Uint8Array() },
  places: new Uint8Array(),
}

/** What is there without the rows that have changed, and with what these have now. */
export function mergePostings(old: Posted, changed: ReadonlySet<number>, added: Posted): Posted {
  const sources = [old, added].map(({ hits, places }) => ({
    hits,
    places,
    bounds: placeBounds(hits, places),
  }))
  const taken: { row: number; source: number; at: number }[] = []
  sources.forEach(({ hits: { rows } }, source) => {
    rows.forEach((row, at) => {
      if (source === 1 || !changed.has(row)) taken.push({ row, source, at })
    })
  })
  taken.sort((one, other) => one.row - other.row)
  const rows = new Uint16Array(taken.length)
  const fields = new Uint8Array(taken.length)
  const pieces: Uint8Array[] = []
  taken.forEach(({ row, source, at }, to) => {
    const from = sources[source]
    rows[to] = row
    fields[to] = from?.hits.fields[at] ?? 0
    if (from !== undefined) pieces.push(from.places.subarray(from.bounds[at], from.bounds[at + 1]))
  })
  return { hits: { rows, fields }, places: joined(pieces) }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const piece of pieces) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}
