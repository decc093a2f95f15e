/** `start` to `end`, both counted from 0 and both included. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/** `whole`: answer as if there were no Range header. `unsatisfiable`: 416. */
export type RangeRequest = 'whole' | 'unsatisfiable' | ByteRange

const oneRange = /^bytes=[ \t]*([0-9]*)-([0-9]*)[ \t]*$/i
/** Beyond it no header is looked at: two numbers need far less. */
const maxHeader = 256

/**
 * Resolves one range of bytes against content of `size` bytes. Never throws: RFC 9110 section 14.2 lets a server
 * ignore the header, and that is done for units other than bytes, for several ranges and for what is malformed.
 */
export function parseRange(header: string | undefined, size: number): RangeRequest {
  if (header === undefined || header.length > maxHeader) return 'whole'
  const match = oneRange.exec(header)
  const first = match?.[1] ?? ''
  const last = match?.[2] ?? ''
  if (first === '') return last === '' ? 'whole' : suffix(Number(last), size)
  const start = Number(first)
  const end = last === '' ? Number.POSITIVE_INFINITY : Number(last)
  // Section 14.1.1 calls a range that ends before it starts invalid, and 15.5.17 has 416 for those as well: a client that
  // asked for a part is better told than sent the whole.
  if (start >= size || end < start) return 'unsatisfiable'
  return { start, end: Math.min(end, size - 1) }
}

/** The last `length` bytes. Of nothing, that is nothing: satisfiable, yet no Content-Range could say it. */
function suffix(length: number, size: number): RangeRequest {
  if (length === 0) return 'unsatisfiable'
  if (size === 0) return 'whole'
  return { start: Math.max(0, size - length), end: size - 1 }
}
