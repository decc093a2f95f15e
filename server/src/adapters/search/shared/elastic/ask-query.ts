import {
  type EngineAnswer,
  type EngineHit,
  type EngineQuery,
  searchBounds,
} from '../../../../ports/search/search.ts'
import { documentsQuery } from './filter-queries.ts'
import type { FoundHit, Words } from './read-answer.ts'
import { comeWithWords, countBody, searchBody, wordsBody } from './search-body.ts'
import type { Searches } from './searches.ts'

/** Answers a query out of the index under its alias, or undefined where there is none. */
export async function askQuery(
  searches: Searches,
  query: EngineQuery,
  { shards, signal }: { readonly shards: number; readonly signal: AbortSignal },
): Promise<EngineAnswer | undefined> {
  const { read } = searches
  const found = await searches.all([searchBody(query, shards), countBody(documentsQuery)], signal)
  if (found === undefined) return undefined
  const [answer, counted] = found
  const hits = read.engineHits(answer, query)
  return {
    hits: await withWords(searches, hits, { query, signal }),
    total: read.total(answer),
    facets: read.facets(answer, query.facets),
    documents: read.total(counted),
  }
}

/** The words of the first ones are fetched apart where there are many: the others are asked for by nobody. */
async function withWords(
  searches: Searches,
  hits: readonly FoundHit[],
  { query, signal }: { readonly query: EngineQuery; readonly signal: AbortSignal },
): Promise<readonly EngineHit[]> {
  const bare = hits.map(({ key: _, ...hit }): EngineHit => hit)
  if (query.sort !== 'relevance' || comeWithWords(query) || hits.length === 0) return bare
  const keys = hits.slice(0, searchBounds.scored).map(({ key }) => key)
  const words = await wordsOf(searches, keys, signal)
  return bare.map((hit, at) => {
    const own = words.get(keys[at] ?? '')
    return own === undefined ? hit : { ...hit, words: own }
  })
}

async function wordsOf(
  searches: Searches,
  keys: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Words>> {
  const { read } = searches
  const body = await searches.one(wordsBody(keys), signal)
  if (body === undefined) return new Map()
  return new Map(
    read
      .hits(body)
      .map((hit) => [read.text(hit, '_id'), read.words(read.in(hit, '_source', 'stored', 'words'))]),
  )
}
