import { overriding } from '../../domain/overriding.ts'
import { SearchError } from '../../ports/search/errors.ts'
import type { SearchEngine } from '../../ports/search/search.ts'

/** The engine, of which nothing is believed to be found by an index that is there: one that is gone has not found nothing. */
export function builtEngine(engine: SearchEngine): SearchEngine {
  const requireIndex = async (): Promise<void> => {
    if ((await engine.mark()) === undefined)
      throw new SearchError('unavailable', 'its index is gone, and is to be built anew')
  }
  return overriding(engine, {
    query: async (query, signal) => {
      const answer = await engine.query(query, signal)
      if (answer.documents === 0) await requireIndex()
      return answer
    },
    complete: async (query, signal) => {
      const found = await engine.complete(query, signal)
      if (found.length === 0) await requireIndex()
      return found
    },
  })
}
