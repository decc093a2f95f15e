import { numberIn } from '../find-flat-query.ts'
import { membersOf } from '../read/given.ts'

/** How long what belongs to searching may take, in ms. */
export interface SearchBounds {
  /** How long an engine may take to answer: 5 s where nothing is said. */
  readonly timeout: number
  /** How long a search waits for the index to come to where the registry is: 10 s where nothing is said. */
  readonly wait: number
  /** After a failure an engine that was given is left alone for so long, where the backend has one of its own: 5 s where nothing is said. */
  readonly pause: number
  /** How often it is looked for changes that no search has asked for yet: 1 s where nothing is said. */
  readonly interval: number
}

const usual: SearchBounds = { timeout: 5_000, wait: 10_000, pause: 5_000, interval: 1_000 }
/** Beyond, node fires at once. */
const longestTimer = 2_147_483_647

/** @throws ValidationError */
export function searchBoundsIn(given: unknown): SearchBounds {
  if (given === undefined) return usual
  const names = ['timeout', 'wait', 'pause', 'interval'] as const
  const asked = membersOf(given, { field: 'search', as: 'search' }, names)
  for (const [name, value] of Object.entries(asked))
    numberIn(value, `search.${name}`, { least: 1, most: longestTimer })
  return { ...usual, ...(asked as Partial<SearchBounds>) }
}
