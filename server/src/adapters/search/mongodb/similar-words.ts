import type { Document } from 'mongodb'
import { compareText } from '../../../domain/compare-text.ts'
import { editDistance } from '../../../domain/edit-distance.ts'
import { type SimilarQuery, type SimilarWord, searchBounds } from '../../../ports/search/search.ts'
import { nearPieces } from '../shared/near-pieces.ts'
import { anyOf } from './clause-filter.ts'
import { countWords } from './frequencies.ts'
import { wordsIn } from './index-collections.ts'
import type { Asking } from './search-connection.ts'
import type { SearchLimits } from './search-options.ts'
import { beginsWith, has } from './text-pattern.ts'
import { turnedWord } from './vocabulary.ts'

/** Words that nobody has any more still lie about: it is counted how many documents have each. */
export async function similarWords(
  asking: Asking,
  generation: string,
  { word, edits: most, limits }: SimilarQuery & { readonly limits: SearchLimits },
): Promise<readonly SimilarWord[]> {
  const near = await nearWords(asking, generation, { word, edits: most, limits })
  const similar: SimilarWord[] = []
  for (const [at, words] of near.entries()) {
    if (similar.length >= searchBounds.similar) break
    const documentsOf = await countWords(asking, generation, { words, limits })
    const found = words.map((one) => ({ word: one, edits: at + 1, documents: documentsOf(one) }))
    similar.push(...found.filter(({ documents }) => documents > 0).sort(commonestFirst))
  }
  return similar.slice(0, searchBounds.similar)
}

function commonestFirst(one: SimilarWord, other: SimilarWord): number {
  return other.documents - one.documents || compareText(one.word, other.word)
}

/** Those that differ by one letter, then those that differ by two. */
async function nearWords(
  { db, options }: Asking,
  generation: string,
  { word, edits: most, limits }: SimilarQuery & { readonly limits: SearchLimits },
): Promise<readonly (readonly string[])[]> {
  const letters = [...word]
  const alike = { letters: { $gte: letters.length - most, $lte: letters.length + most } }
  const near: string[][] = Array.from({ length: most }, () => [])
  const found = wordsIn(db, generation)
    .find({ $and: [nearFilter(letters, most), alike] }, { ...options(), batchSize: limits.wordsAtOnce })
    .project<{ _id: string }>({ _id: 1 })
  for await (const { _id } of found) {
    const edits = editDistance(word, _id, most)
    const alikeWords = near[edits - 1]
    if (alikeWords !== undefined && alikeWords.length < limits.nearWords) alikeWords.push(_id)
  }
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
