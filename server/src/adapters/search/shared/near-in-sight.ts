import { compareText } from '../../../domain/compare-text.ts'
import { editDistance } from '../../../domain/edit-distance.ts'
import {
  type SimilarQuery,
  type SimilarWord,
  type SoughtWord,
  searchBounds,
} from '../../../ports/search/search.ts'

/** So many words are counted at a time: seldom are more near to one. */
const atOnce = 64

/**
 * Picks those of many near words that somebody sees. Whoever has the index counts them, some at a time and the nearest first, until
 * enough are in sight: so words out of sight cost time alone, and change nothing of the answer.
 */
export class NearInSight {
  readonly #each: readonly OneSought[]

  /** @param known for each word that is sought words of the index, among them all that are near enough */
  constructor({ words }: SimilarQuery, known: readonly Iterable<string>[]) {
    this.#each = words.map((sought, at) => new OneSought(sought, known[at] ?? []))
  }

  /** Words to be counted, each once; none: the answer is whole. */
  wanted(): readonly string[] {
    return [...new Set(this.#each.flatMap((one) => one.wanted()))]
  }

  /** @param documentsOf how many documents in sight have it, of those that were wanted; more than `similarCounted` count as many */
  count(documentsOf: (word: string) => number): void {
    for (const one of this.#each) one.count(documentsOf)
  }

  answer(): readonly (readonly SimilarWord[])[] {
    return this.#each.map((one) => one.answer())
  }
}

interface Seen extends SimilarWord {
  readonly documents: number
}

class OneSought {
  readonly #near: readonly SimilarWord[]
  readonly #seen: Seen[] = []
  #counted = 0

  constructor({ word, edits: most }: SoughtWord, known: Iterable<string>) {
    const near: SimilarWord[] = []
    for (const one of known) {
      const edits = editDistance(word, one, most)
      if (edits > 0 && edits <= most) near.push({ word: one, edits })
    }
    this.#near = near.sort((one, other) => one.edits - other.edits || compareText(one.word, other.word))
  }

  wanted(): readonly string[] {
    return this.#next().map(({ word }) => word)
  }

  count(documentsOf: (word: string) => number): void {
    const next = this.#next()
    this.#counted += next.length
    for (const one of next) {
      const documents = Math.min(documentsOf(one.word), searchBounds.similarCounted)
      if (documents > 0 && this.#seen.length < searchBounds.similarSeen)
        this.#seen.push({ ...one, documents })
    }
  }

  answer(): readonly SimilarWord[] {
    return this.#seen
      .toSorted(
        (one, other) =>
          one.edits - other.edits || other.documents - one.documents || compareText(one.word, other.word),
      )
      .slice(0, searchBounds.similar)
      .map(({ word, edits }) => ({ word, edits }))
  }

  #next(): readonly SimilarWord[] {
    if (this.#seen.length >= searchBounds.similarSeen) return []
    return this.#near.slice(this.#counted, this.#counted + atOnce)
  }
}
