import { gramsOf } from '../shared/grams.ts'
import { duplicatesOf } from './duplicates.ts'
import { type WordDocument, wordsIn } from './index-collections.ts'
import type { Changing } from './search-connection.ts'

/**
 * Makes words known that were not. A word stays known: it is written before the documents that have it, and how many these are
 * is counted when it is asked for, so that nothing has to be true of both at once.
 */
export async function addWords(
  { db, options }: Changing,
  generation: string,
  { words, atOnce }: { readonly words: ReadonlySet<string>; readonly atOnce: number },
): Promise<void> {
  const collection = wordsIn(db, generation)
  const all = [...words]
  for (let from = 0; from < all.length; from += atOnce) {
    const part = all.slice(from, from + atOnce)
    const found = await collection
      .find({ _id: { $in: part } }, { ...options, batchSize: part.length + 1 })
      .project<{ _id: string }>({ _id: 1 })
      .toArray()
    const known = new Set(found.map(({ _id }) => _id))
    const missing = part.filter((word) => !known.has(word)).map(wordDocumentOf)
    if (missing.length === 0) continue
    // Others may have written them meanwhile.
    await duplicatesOf(collection.insertMany(missing, { ...options, ordered: false }))
  }
}

export const turnedWord = (word: string): string => [...word].reverse().join('')

function wordDocumentOf(word: string): WordDocument {
  const letters = [...word]
  return { _id: word, turned: turnedWord(word), letters: letters.length, grams: gramsOf(letters) }
}
