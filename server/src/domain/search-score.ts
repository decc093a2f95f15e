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
const lengthMatters = 0.5

/** A clause as it is scored: its alternatives, with how many documents have each. */
export interface ScoredClause {
  readonly alternatives: readonly {
    readonly words: readonly string[]
    readonly prefix: boolean
    readonly weight: number
    readonly documents: number
  }[]
  readonly fields?: readonly SearchField[]
}

/** What one clause adds to a score, and where it was found. */
export interface ClauseScore {
  readonly score: number
  readonly rarity: number
  readonly fields: Readonly<Partial<Record<SearchField, number>>>
}

export type FieldWords = Readonly<Record<SearchField, readonly string[]>>

/** What the clauses say of a document, one by one; the score is their sum. `documents`: of the whole index. */
export function scoreClauses(
  words: FieldWords,
  clauses: readonly ScoredClause[],
  documents: number,
): readonly ClauseScore[] {
  return clauseScorer(clauses, documents)(words)
}

/** The same for many documents. */
export function clauseScorer(
  clauses: readonly ScoredClause[],
  documents: number,
): (words: FieldWords) => readonly ClauseScore[] {
  const finder = new WordFinder(clauses.flatMap(({ alternatives }) => alternatives))
  const asked = searchFields.filter((field) => clauses.some(({ fields }) => fields?.includes(field) ?? true))
  let from = 0
  const scored = clauses.map((clause): CountedClause => {
    const rarities = clause.alternatives.map((one) => rarityOf(one.documents, documents))
    const counted = { ...clause, from, rarities }
    from += clause.alternatives.length
    return counted
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

interface CountedClause extends ScoredClause {
  /** Place of its first alternative among those of all clauses. */
  readonly from: number
  /** Of each alternative. */
  readonly rarities: readonly number[]
}

function scoreClause(
  words: FieldWords,
  { alternatives, fields = searchFields, from, rarities }: CountedClause,
  times: ReadonlyMap<SearchField, Uint32Array>,
): ClauseScore {
  const found: Partial<Record<SearchField, number>> = {}
  let weight = 0
  let rarity = 0
  for (const field of fields) {
    const here = times.get(field)
    let often = 0
    for (const [at, alternative] of alternatives.entries()) {
      const count = here?.[from + at] ?? 0
      if (count === 0) continue
      often += count * alternative.weight
      rarity = Math.max(rarity, rarities[at] ?? 0)
    }
    if (often === 0) continue
    found[field] = often * boostOf(field, words[field].length)
    weight += found[field]
  }
  return { score: (rarity * weight) / (saturation + weight), rarity, fields: found }
}

/** How much a word counts once in a field of so many words. */
export function boostOf(field: SearchField, length: number): number {
  const { weight, usualLength } = fieldShape[field]
  return weight / (1 - lengthMatters + (lengthMatters * length) / usualLength)
}

/**
 * What few documents have says more. Rounded, so that what one may not see, which is counted too, cannot be told by it.
 */
export function rarityOf(having: number, documents: number): number {
  const share = 2 ** Math.round(Math.log2((documents + 1) / (having + 1)))
  return Math.log(1 + share)
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
