import type { SimilarQuery, SimilarWord, SoughtWord } from '../../../../ports/search/search.ts'
import { NearInSight } from '../near-in-sight.ts'
import { exactTerm } from './bounded-term.ts'
import { documentsQuery, sightQuery } from './filter-queries.ts'
import { spelledBegin } from './index-body.ts'
import { allOf, nothing, oneOfTerms } from './queries.ts'
import type { Searches } from './searches.ts'

/** Words that the server names for one, whoever sees them: as many as nobody has who does not write so many on purpose. */
const candidates = 10_000

/** For each, the words in sight that are that near. Undefined where there is no index. */
export async function similarWords(
  searches: Searches,
  query: SimilarQuery,
  signal: AbortSignal,
): Promise<readonly (readonly SimilarWord[])[] | undefined> {
  const known = await nearWords(searches, query.words, signal)
  if (known === undefined) return undefined
  const near = new NearInSight(query, known)
  for (let words = near.wanted(); words.length > 0; words = near.wanted()) {
    const counts = await countInSight(searches, { words, sight: query.sight }, signal)
    near.count((word) => counts.get(word) ?? 0)
  }
  return near.answer()
}

async function nearWords(
  searches: Searches,
  words: readonly SoughtWord[],
  signal: AbortSignal,
): Promise<readonly (readonly string[])[] | undefined> {
  const { read } = searches
  const suggest = Object.fromEntries(
    words.map(({ word, edits }, at) => [
      `n${at}`,
      { text: `${spelledBegin}${exactTerm(word)}`, term: { ...suggester, max_edits: edits } },
    ]),
  )
  const body = await searches.one({ size: 0, query: nothing, track_total_hits: false, suggest }, signal)
  if (body === undefined) return undefined
  return words.map((_, at) =>
    read
      .list(body, 'suggest', `n${at}`)
      .flatMap((token) => read.list(token, 'options'))
      .map((option) => read.text(option, 'text').slice(spelledBegin.length)),
  )
}

/** Words that nobody has any more still lie about. */
async function countInSight(
  searches: Searches,
  { words, sight }: Pick<SimilarQuery, 'sight'> & { readonly words: readonly string[] },
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const { read } = searches
  const filters = words.map((word) => oneOfTerms('text.all', [word]))
  const body = await searches.one(
    {
      size: 0,
      query: allOf([documentsQuery, sightQuery(sight), oneOfTerms('text.all', words)]),
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
  max_inspections: 1,
  prefix_length: 0,
  min_word_length: 1,
  min_doc_freq: 0,
  accuracy: 0,
  max_term_freq: 1_000_000_000,
  string_distance: 'damerau_levenshtein',
} as const
