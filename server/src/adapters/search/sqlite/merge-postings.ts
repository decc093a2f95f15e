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
  const [from, more] = [old.hits, added.hits]
  const bounds = placeBounds(from, old.places)
  const moreBounds = placeBounds(more, added.places)
  const rows = new Uint16Array(from.rows.length + more.rows.length)
  const fields = new Uint8Array(rows.length)
  const places = new Uint8Array(old.places.length + added.places.length)
  let [to, used] = [0, 0]
  /** Kept hits that follow each other are copied at once. */
  const keep = (begin: number, end: number): void => {
    rows.set(from.rows.subarray(begin, end), to)
    fields.set(from.fields.subarray(begin, end), to)
    const kept = old.places.subarray(bounds[begin], bounds[end])
    places.set(kept, used)
    to += end - begin
    used += kept.length
  }
  const add = (at: number): void => {
    rows[to] = more.rows[at] ?? 0
    fields[to++] = more.fields[at] ?? 0
    const piece = added.places.subarray(moreBounds[at], moreBounds[at + 1])
    places.set(piece, used)
    used += piece.length
  }
  let [begin, next] = [0, 0]
  for (let at = 0; at < from.rows.length; at++) {
    const row = from.rows[at] ?? 0
    const isNext = next < more.rows.length && (more.rows[next] ?? 0) <= row
    if (!isNext && !changed.has(row)) continue
    keep(begin, at)
    while (next < more.rows.length && (more.rows[next] ?? 0) <= row) add(next++)
    begin = changed.has(row) ? at + 1 : at
  }
  keep(begin, from.rows.length)
  while (next < more.rows.length) add(next++)
  return {
    hits: { rows: rows.subarray(0, to), fields: fields.subarray(0, to) },
    places: places.subarray(0, used),
  }
}
