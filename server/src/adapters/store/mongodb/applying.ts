import type { ClientSession } from 'mongodb'
import type { Declared } from '../shared/declared.ts'
import type { Collections } from './collections.ts'

/** What reading and writing for one try of a batch stands on. */
export interface Applying {
  readonly schema: Declared
  readonly collections: Collections
  readonly session: ClientSession | undefined
  /** For each command. */
  readonly maxTimeMS: number
  readonly now: () => number
}

export function inSession({ session }: Applying): { session?: ClientSession } {
  return session === undefined ? {} : { session }
}

export function forReading(parts: Applying): { session?: ClientSession; maxTimeMS: number } {
  return { ...inSession(parts), maxTimeMS: parts.maxTimeMS }
}
