import type { Clause } from '../../../../ports/search/search.ts'
import { exactTerm } from './bounded-term.ts'
import { beginningQuery } from './clause-query.ts'
import { documentsQuery } from './filter-queries.ts'
import { allOf, type Query } from './queries.ts'
import { isRecord } from './search-error-of.ts'
import type { Searches } from './searches.ts'

/** Beginnings of which it is counted how many documents have such a word; of further ones it is taken that all do. */
const countedBeginnings = 16

/** What is to be known of the words of clauses before one can say how often the alternatives occur. */
export interface AskedWords {
  readonly words: readonly string[]
  readonly beginnings: readonly string[]
}

export function askedWords(clauses: readonly Clause[]): AskedWords {
  const words = new Set<string>()
  const beginnings = new Set<string>()
  for (const { alternatives } of clauses)
    for (const alternative of alternatives)
      for (const [at, word] of alternative.words.entries())
        if (alternative.prefix && at === alternative.words.length - 1) beginnings.add(word)
        else words.add(exactTerm(word))
  return { words: [...words], beginnings: [...beginnings].slice(0, countedBeginnings) }
}

export function beginningQueries({ beginnings }: AskedWords): readonly Query[] {
  return beginnings.map((word) => allOf([documentsQuery, beginningQuery('text.all', word)]))
}

/**
 * How many documents have each of the words, removed ones that still lie about included: out of the list of terms of one part
 * of the index, without a search.
 */
export async function wordCounts(
  searches: Searches,
  { words }: AskedWords,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  if (words.length === 0) return new Map()
  const { read } = searches
  const body = await searches.about(
    '_termvectors',
    {
      doc: { text: { all: words.join(' ') } },
      fields: ['text.all'],
      term_statistics: true,
      field_statistics: false,
      positions: false,
      offsets: false,
    },
    signal,
  )
  if (body === undefined) return new Map()
  const field = read.record(read.in(body, 'term_vectors'))['text.all']
  if (field === undefined) return new Map()
  const terms = new Map(Object.entries(read.record(read.in(field, 'terms'))))
  return new Map(
    words.map((word) => {
      const term = terms.get(word)
      // A word that nobody has comes without a number.
      const isThere = isRecord(term) && term['doc_freq'] !== undefined
      return [word, isThere ? read.count(term, 'doc_freq') : 0]
    }),
  )
}

export interface CountedWords {
  readonly words: ReadonlyMap<string, number>
  readonly beginnings: ReadonlyMap<string, number>
  readonly documents: number
}

/** Of each alternative: as many as have the rarest of its words. */
export function frequenciesOf(
  clauses: readonly Clause[],
  { words, beginnings, documents }: CountedWords,
): readonly (readonly number[])[] {
  return clauses.map(({ alternatives }) =>
    alternatives.map((alternative) => {
      const last = alternative.words.length - 1
      const counts = alternative.words.map((word, at) =>
        alternative.prefix && at === last
          ? (beginnings.get(word) ?? documents)
          : (words.get(exactTerm(word)) ?? 0),
      )
      return counts.length === 0 ? 0 : Math.min(...counts, documents)
    }),
  )
}
