import type { Mark } from '../../ports/search/search.ts'
import type { Position } from '../../ports/store/store.ts'

/** How far an index has come: in the log of events, and in the times at which artifacts were used. */
export interface IndexMark {
  /** undefined: before the first event. */
  readonly position: Position | undefined
  /** Uses up to this time are counted, ms since 1970. */
  readonly usedUpTo: number
}

/** Of documents and of marks: an index of another one is built anew. */
const documentFormat = 3

export function writeMark({ position, usedUpTo }: IndexMark): Mark {
  return JSON.stringify([documentFormat, position ?? null, usedUpTo])
}

/** undefined: it is none of ours, and the index is to be built. */
export function readMark(mark: Mark): IndexMark | undefined {
  let found: unknown
  try {
    found = JSON.parse(mark)
  } catch {
    return undefined
  }
  const [format, position, usedUpTo] = Array.isArray(found) ? (found as unknown[]) : []
  if (format !== documentFormat) return undefined
  if (typeof usedUpTo !== 'number' || (position !== null && typeof position !== 'string')) return undefined
  return { position: position === null ? undefined : (position as Position), usedUpTo }
}
