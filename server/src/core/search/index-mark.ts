import type { Mark } from '../../ports/search/search.ts'
import type { Position } from '../../ports/store/store.ts'

/** How far an index has come: in the log of events, and in the times at which artifacts were used. */
export interface IndexMark {
  /** Of which building it is: no two have the same. What says something of one index says nothing of another in its place. */
  readonly build: string
  /** undefined: before the first event. */
  readonly position: Position | undefined
  /** Uses up to this time are counted, ms since 1970. */
  readonly usedUpTo: number
}

/** Of documents and of marks: an index of another one is built anew. */
const documentFormat = 3

export function writeMark({ build, position, usedUpTo }: IndexMark): Mark {
  return JSON.stringify([documentFormat, build, position ?? null, usedUpTo])
}

/** undefined: it is none of ours, and the index is to be built. */
export function readMark(mark: Mark): IndexMark | undefined {
  let found: unknown
  try {
    found = JSON.parse(mark)
  } catch {
    return undefined
  }
  const [format, build, position, usedUpTo] = Array.isArray(found) ? (found as unknown[]) : []
  if (format !== documentFormat || typeof build !== 'string') return undefined
  if (typeof usedUpTo !== 'number' || (position !== null && typeof position !== 'string')) return undefined
  return { build, position: position === null ? undefined : (position as Position), usedUpTo }
}
