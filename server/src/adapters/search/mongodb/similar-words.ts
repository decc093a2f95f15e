import type { Document } from 'mongodb'
import { editDistance } from '../../../domain/edit-distance.ts'
import {
  type SimilarQuery,
  type SimilarWord,
  type SoughtWord,
  searchBounds,
} from '../../../ports/search/search.ts'
import { NearInSight } from '../shared/near-in-sight.ts'
import { nearPieces } from '../shared/near-pieces.ts'
import { allOf, anyOf } from './clause-filter.ts'
import { countEach } from './frequencies.ts'
import { wordsIn } from './index-collections.ts'
import { sightFilters } from './narrow-filter.ts'
import type { Asking } from './search-connection.ts'
import type { SearchLimits } from './search-options.ts'
import { beginsWith, has } from './text-pattern.ts'
import { turnedWord } from './vocabulary.ts'

/** Words that nobody has any more still lie about: it is counted how many documents in sight have each. */
export async function similarWords(
  asking: Asking,
  generation: string,
  { query, limits }: { readonly query: SimilarQuery; readonly limits: SearchLimits },
): Promise<readonly (readonly SimilarWord[])[]> {
  const known: (readonly string[])[] = []
  for (const sought of query.words) known.push(await nearWords(asking, generation, { ...sought, limits }))
  const near = new NearInSight(query, known)
  const inSight = sightFilters(query.sight)
  for (let wanted = near.wanted(); wanted.length > 0; wanted = near.wanted()) {
    const queries = wanted.map((word) => allOf([{ words: word }, ...inSight]))
    const asked = { queries, limit: searchBounds.similarCounted, limits }
    const found = await countEach(asking, generation, asked)
    const counts = new Map(wanted.map((word, at) => [word, found[at] ?? 0]))
    near.count((word) => counts.get(word) ?? 0)
  }
  return near.answer()
}

async function nearWords(
  { db, options }: Asking,
  generation: string,
  { word, edits: most, limits }: SoughtWord & { readonly limits: SearchLimits },
): Promise<readonly string[]> {
  const letters = [...word]
  const alike = { letters: { $gte: letters.length - most, $lte: letters.length + most } }
  const near: string[] = []
  const found = wordsIn(db, generation)
    .find({ $and: [nearFilter(letters, most), alike] }, { ...options(), batchSize: limits.wordsAtOnce })
    .project<{ _id: string }>({ _id: 1 })
  // Few of them are near, of very many that may be.
  for await (const { _id } of found) if (editDistance(word, _id, most) <= most) near.push(_id)
  return near
}

/** Holds for every word that is near enough. */
function nearFilter(letters: readonly string[], most: 1 | 2): Document {
  const pieces = nearPieces(letters, most)
  if (pieces === undefined) return {}
  const { begins, ends, is, has: middle } = pieces
  return anyOf([
    ...begins.map((text) => ({ _id: beginsWith(text) })),
    ...ends.map((text) => ({ turned: beginsWith(turnedWord(text)) })),
    ...(is.length === 0 ? [] : [{ _id: { $in: is } }]),
    ...(middle === undefined
      ? []
      : [middle.grams.length > 0 ? { grams: { $all: middle.grams } } : { _id: has(middle.text) }]),
  ])
}
