import type { Sight } from '../../domain/search.ts'
import { sightInBoth } from '../../domain/sight-algebra.ts'
import type { SearchFace } from '../embedded.ts'
import type { ActingRights } from './acting-rights.ts'

type Asking = Pick<SearchFace['searching'], 'catchUp' | 'search' | 'suggest'>

/** The same search, which finds what is in sight of whoever somebody acts for. */
export function actingSearch(searching: Asking, rights: ActingRights): Asking {
  const inSight = async <T>(asked: Sight, ask: (sight: Sight) => Promise<T>): Promise<T> =>
    await rights.noting('search', '', async () => await ask(sightInBoth(rights.sight(), asked)))
  return {
    catchUp: (within) => searching.catchUp(within),
    search: (asked, request) => inSight(asked, (own) => searching.search(own, request)),
    suggest: (asked, text, limit) => inSight(asked, (own) => searching.suggest(own, text, limit)),
  }
}
