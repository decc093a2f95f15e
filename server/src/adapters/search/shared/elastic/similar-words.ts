import { compareText } from '../../../../domain/compare-text.ts'
import { editDistance } from '../../../../domain/edit-distance.ts'
import { type SimilarQuery, type SimilarWord, searchBounds } from '../../../../ports/search/search.ts'
import { exactTerm } from './bounded-term.ts'
import { documentsQuery } from './filter-queries.ts'
import { spelledBegin } from './index-body.ts'
import { allOf, nothing, oneOfTerms } from './queries.ts'
import type { Searches } from './searches.ts'

/** Words that the server names for one, of which the nearest are taken. */
const candidates = 1_000
/** Of these it is looked up how many documents have them: words that nobody has any more still lie about. */
const lookedUp = 2 * searchBounds.similar

/** For each, the words of the index that are that near. Undefined where there is no index. */
export async function similarWords(
  searches: Searches,
  queries: readonly SimilarQuery[],
  signal: AbortSignal,
): Promise<readonly (readonly SimilarWord[])[] | undefined> {
  const near = await nearWords(searches, queries, signal)
  if (near === undefined) return undefined
  const words = [...new Set(near.flat().map(({ word }) => word))]
  const having = await havingOf(searches, words, signal)
  return near.map((found) =>
    found
      .map(({ word, edits }) => ({ word, edits, documents: having.get(word) ?? 0 }))
      .filter(({ documents }) => documents > 0)
      .sort(nearestFirst)
      .slice(0, searchBounds.similar),
  )
}

function nearestFirst(one: SimilarWord, other: SimilarWord): number {
  return one.edits - other.edits || other.documents - one.documents || compareText(one.word, other.word)
}

async function nearWords(
  searches: Searches,
  queries: readonly SimilarQuery[],
  signal: AbortSignal,
): Promise<readonly (readonly SimilarWord[])[] | undefined> {
  const { read } = searches
  const suggest = Object.fromEntries(
    queries.map(({ word, edits }, at) => [
      `n${at}`,
      { text: `${spelledBegin}${exactTerm(word)}`, term: { ...suggester, max_edits: edits } },
    ]),
  )
  const body = await searches.one({ size: 0, query: nothing, track_total_hits: false, suggest }, signal)
  if (body === undefined) return undefined
  return queries.map(({ word, edits: most }, at) =>
    read
      .list(body, 'suggest', `n${at}`)
      .flatMap((token) => read.list(token, 'options'))
      .map((option): SimilarWord => {
        const text = read.text(option, 'text').slice(spelledBegin.length)
        return { word: text, edits: editDistance(word, text, most), documents: read.count(option, 'freq') }
      })
      .filter(({ edits }) => edits > 0 && edits <= most)
      .sort(nearestFirst)
      .slice(0, lookedUp),
  )
}

async function havingOf(
  searches: Searches,
  words: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  if (words.length === 0) return new Map()
  const { read } = searches
  const filters = words.map((word) => oneOfTerms('text.all', [word]))
  const body = await searches.one(
    {
      size: 0,
      query: allOf([documentsQuery, oneOfTerms('text.all', words)]),
      track_total_hits: false,
      aggs: { words: { filters: { filters } } },
    },
    signal,
  )
  if (body === undefined) return new Map()
  const buckets = read.list(body, 'aggregations', 'words', 'buckets')
  return new Map(words.map((word, at) => [word, read.count(buckets[at], 'doc_count')]))
}

/** Every word that is near enough, whatever it begins with, how short and how common it is. */
const suggester = {
  field: 'text.all.spelled',
  // The text is as the words of the field are.
  analyzer: 'words',
  suggest_mode: 'always',
  size: candidates,
  shard_size: candidates,
  max_inspections: 10,
  prefix_length: 0,
  min_word_length: 1,
  min_doc_freq: 0,
  accuracy: 0,
  max_term_freq: 1_000_000_000,
  string_distance: 'damerau_levenshtein',
} as const
