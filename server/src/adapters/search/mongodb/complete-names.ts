import type { CompletionQuery } from '../../../ports/search/search.ts'
import { allOf } from './clause-filter.ts'
import { docsIn } from './index-collections.ts'
import { sightFilters } from './narrow-filter.ts'
import type { Asking } from './search-connection.ts'
import { sortedText } from './sortable-text.ts'
import { beginsWith } from './text-pattern.ts'

export async function completeNames(
  { db, options }: Asking,
  generation: string,
  { text, sight, limit }: CompletionQuery,
): Promise<readonly string[]> {
  // A limit of 0 is none to the server.
  if (limit === 0) return []
  const found = await docsIn(db, generation)
    .find(allOf([{ begins: beginsWith(text) }, ...sightFilters(sight)]), {
      ...options(),
      allowDiskUse: true,
      batchSize: limit + 1,
    })
    .project<{ _id: string }>({ _id: 1 })
    .sort({ weight: -1, _id: 1 })
    .limit(limit)
    .toArray()
  return found.map(({ _id }) => sortedText(_id))
}
