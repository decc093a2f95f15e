import type { StatementSync } from 'node:sqlite'
import {
  type SimilarQuery,
  type SimilarWord,
  type SoughtWord,
  searchBounds,
} from '../../../ports/search/search.ts'
import { NearInSight } from '../shared/near-in-sight.ts'
import { mayBeNear, nearPieces } from '../shared/near-pieces.ts'
import type { ClauseMatcher, Rest } from './clause-matcher.ts'
import { compileSight, countInSight, type RowTest } from './compile-sight.ts'
import { grownTo } from './grown.ts'
import type { LoadedIndex } from './loaded-index.ts'
import { bitCount } from './row-set.ts'

/** Words of one length, in letters. */
interface OfLength {
  readonly words: string[]
  /** A bit for each letter that a word has, by the letter's number. */
  letters: Uint32Array
}

/** Of words that are looked at one by one, so many before the thread looks whether it is given up. */
const restAfter = 4_096

/**
 * Every word of the index in memory, by length. Who differs by few edits has nearly the same letters: an edit adds at most
 * one letter and takes at most one away; and a piece of the word is as it was. Few are left for which the edits are counted.
 */
export class SimilarWords {
  readonly #lengths: OfLength[] = []
  readonly #all: StatementSync
  readonly #newer: StatementSync
  readonly #documents: StatementSync
  readonly #index: LoadedIndex
  readonly #matcher: ClauseMatcher
  #last = -1

  constructor(index: LoadedIndex, matcher: ClauseMatcher) {
    this.#index = index
    this.#matcher = matcher
    const { db } = index
    this.#all = db.prepare('SELECT word, n FROM words')
    this.#newer = db.prepare('SELECT word, n FROM words WHERE n > ? AND n > 0')
    this.#documents = db.prepare('SELECT docs FROM words WHERE word = ?')
    for (const statement of [this.#all, this.#newer, this.#documents]) statement.setReturnArrays(true)
  }

  near(query: SimilarQuery, rest: Rest): readonly (readonly SimilarWord[])[] {
    this.follow()
    const isInSight = compileSight(this.#index.columns, query.sight)
    const near = new NearInSight(
      query,
      query.words.map((sought) => this.#candidates(sought, rest)),
    )
    while (near.wanted().length > 0)
      near.count((word) => {
        rest()
        return this.#documentsWith(word, isInSight)
      })
    return near.answer()
  }

  /** A word that nobody has any more still lies about. */
  #documentsWith(word: string, isInSight: RowTest): number {
    const [known = 0] = (this.#documents.get(word) as unknown as [number] | undefined) ?? []
    if (known === 0) return 0
    const clause = { alternatives: [{ words: [word], prefix: false, weight: 1 }] }
    const rows = this.#matcher.rowsOf(clause).rows()
    return countInSight(this.#index.columns, { rows, isInSight }, searchBounds.similarCounted)
  }

  *#candidates({ word, edits }: SoughtWord, rest: Rest): Generator<string> {
    const length = [...word].length
    const letters = lettersOf(word)
    const pieces = nearPieces([...word], edits)
    for (let other = Math.max(0, length - edits); other <= length + edits; other++) {
      const of = this.#lengths[other]
      if (of === undefined) continue
      for (let at = 0; at < of.words.length; at++) {
        if (at % restAfter === 0) rest()
        const theirs = of.letters[at] ?? 0
        if (bitCount(theirs & ~letters) > edits || bitCount(letters & ~theirs) > edits) continue
        const near = of.words[at] ?? ''
        if (mayBeNear(pieces, near)) yield near
      }
    }
  }

  /** Words that came since the last time. */
  follow(): void {
    const rows = this.#last < 0 ? this.#all.iterate() : this.#newer.iterate(this.#last)
    for (const row of rows) {
      const [word, n] = row as unknown as [string, number]
      this.#last = Math.max(this.#last, n)
      this.#add(word)
    }
    this.#last = Math.max(this.#last, 0)
  }

  #add(word: string): void {
    const length = [...word].length
    const of = this.#lengths[length] ?? { words: [], letters: new Uint32Array() }
    this.#lengths[length] = of
    of.letters = grownTo(of.letters, of.words.length + 1)
    of.letters[of.words.length] = lettersOf(word)
    of.words.push(word)
  }
}

function lettersOf(word: string): number {
  let letters = 0
  for (const letter of word) letters |= 1 << ((letter.codePointAt(0) ?? 0) & 31)
  return letters >>> 0
}
