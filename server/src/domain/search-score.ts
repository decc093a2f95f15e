import { type SearchField, searchFields } from './search.ts'
import { WordFinder } from './word-finder.ts'

/**
 * How much a word counts where it stands, and how long such a text usually is: by that length longer ones count less (BM25F,
 * Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 3.5). The lengths are fixed: a score does
 * not change because somebody else has written much.
 */
export const fieldShape: Readonly<
  Record<SearchField, { readonly weight: number; readonly usualLength: number }>
> = {
  name: { weight: 3, usualLength: 3 },
  title: { weight: 2.2, usualLength: 4 },
  description: { weight: 1.2, usualLength: 16 },
  topics: { weight: 0.9, usualLength: 6 },
  source: { weight: 0.3, usualLength: 200 },
}
/** How soon more of the same word says no more. */
export const saturation = 1.2
/** How much the length of a text matters: 0 not at all, 1 fully. */
export const lengthMatters = 0.5

/** A clause as it is scored. */
export interface ScoredClause {
  readonly alternatives: readonly {
    readonly words: readonly string[]
    readonly prefix: boolean
    readonly weight: number
  }[]
  readonly fields?: readonly SearchField[]
  /** As `rarityOf` tells it; 1 where nothing is said. */
  readonly rarity?: number
}

/** What one clause adds to a score, and where it was found. */
export interface ClauseScore {
  readonly score: number
  readonly rarity: number
  readonly fields: Readonly<Partial<Record<SearchField, number>>>
}

export type FieldWords = Readonly<Record<SearchField, readonly string[]>>

/** What the clauses say of a document, one by one; the score is their sum. */
export function scoreClauses(words: FieldWords, clauses: readonly ScoredClause[]): readonly ClauseScore[] {
  return clauseScorer(clauses)(words)
}

/** The same for many documents. */
export function clauseScorer(
  clauses: readonly ScoredClause[],
): (words: FieldWords) => readonly ClauseScore[] {
  const finder = new WordFinder(clauses.flatMap(({ alternatives }) => alternatives))
  const asked = searchFields.filter((field) => clauses.some(({ fields }) => fields?.includes(field) ?? true))
  let from = 0
  const scored = clauses.map((clause): PlacedClause => {
    const placed = { ...clause, from }
    from += clause.alternatives.length
    return placed
  })
  const all = from
  return (words) => {
    const times = new Map<SearchField, Uint32Array>()
    for (const field of asked) {
      const here = new Uint32Array(all)
      finder.find(words[field], (wanted) => {
        here[wanted] = (here[wanted] ?? 0) + 1
      })
      times.set(field, here)
    }
    return scored.map((clause) => scoreClause(words, clause, times))
  }
}

interface PlacedClause extends ScoredClause {
  /** Place of its first alternative among those of all clauses. */
  readonly from: number
}

function scoreClause(
  words: FieldWords,
  { alternatives, fields = searchFields, rarity = 1, from }: PlacedClause,
  times: ReadonlyMap<SearchField, Uint32Array>,
): ClauseScore {
  const found: Partial<Record<SearchField, number>> = {}
  let weight = 0
  for (const field of fields) {
    const here = times.get(field)
    let often = 0
    for (const [at, alternative] of alternatives.entries()) {
      const count = here?.[from + at] ?? 0
      often += count * alternative.weight
    }
    if (often === 0) continue
    found[field] = often * boostOf(field, words[field].length)
    weight += found[field]
  }
  return { score: rarity * saturated(weight), rarity, fields: found }
}

/** More of the same says less and less more: from 0 to below 1. */
export const saturated = (weight: number): number => weight / (saturation + weight)

/** How much more what everybody uses counts than what nobody does. */
export const mostPopularity = 0.25
/** Ten times as much use is one step; after so many nothing is added. */
export const stepsOfUse = 6

/** @param use logarithm of it: the weight of a document (`SearchDocument.weight`) */
export const popularityOf = (use: number): number => mostPopularity * Math.min(1, use / stepsOfUse)

/** What a document's score may come to, by what engines know of it; where nothing was asked for, by its use alone. */
export function estimateOf(said: number, weight: number): number {
  return said === 0 ? weight * leastSaid : said * (1 + popularityOf(weight))
}
/** Less than any word says. */
const leastSaid = 1e-6

/** How much a word counts once in a field of so many words. */
export function boostOf(field: SearchField, length: number): number {
  const { weight, usualLength } = fieldShape[field]
  return weight / (1 - lengthMatters + (lengthMatters * length) / usualLength)
}

/**
 * What fewer have says more. Both numbers are of what the asker may see: counted over all, they would tell of the rest.
 * @param having how many have it, and how many have the commonest of what was asked for beside it
 */
export function rarityOf(having: number, commonest: number): number {
  return Math.log1p((commonest + 1) / (having + 1))
}

/** How often these words follow each other in a text. */
export function timesIn(text: readonly string[], words: readonly string[], prefix: boolean): number {
  const last = words.length - 1
  let times = 0
  for (let at = 0; at + last < text.length; at++) {
    const holds = words.every((word, n) => {
      const here = text[at + n] ?? ''
      return prefix && n === last ? here.startsWith(word) : here === word
    })
    if (holds) times++
  }
  return times
}
