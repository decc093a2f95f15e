import type { SearchRequest, SearchResult } from '../../boot/compose/searching.ts'
import { isRegistryError } from '../../domain/error.ts'
import { type SearchFacet, type SearchField, wholeSight } from '../../domain/search.ts'
import type { SearchFace } from '../embedded.ts'
import { flatEntries } from '../flat-entries.ts'
import { orgIdOf } from '../flat-shape.ts'
import { invalid } from '../read/given.ts'
import type { ReadSearch } from '../read/read-search.ts'
import { facetNameOf, fieldNameOf, matchNameOf } from './search-names.ts'
import type {
  SearchExplanation,
  SearchHit,
  SearchMatch,
  SearchPage,
  SearchSuggestion,
} from './search-types.ts'

type CoreHit = SearchResult['hits'][number]

/** What an engine has said. */
interface Asked {
  readonly result: SearchResult
  readonly isStale: boolean
}

/** What the caller calls the fields of a request that the core finds something wrong with. */
type Names = ReadonlyMap<string, string>

/** @param wait how long the index may take to come to where the registry is, ms */
async function ask(
  { searching }: SearchFace,
  { request, sight, names }: Pick<ReadSearch, 'request' | 'sight'> & { readonly names: Names },
  wait: number,
): Promise<Asked> {
  const current = await searching.catchUp(wait)
  const result = await inOwnWords(() => searching.search(sight, request), names)
  return { result, isStale: !current.includes(result.engine) }
}

export async function searchFlat(face: SearchFace, asked: ReadSearch, wait: number): Promise<SearchPage> {
  const { result, isStale } = await ask(face, { ...asked, names: ofQuery }, wait)
  const { total, next, suggestion, relaxed, degraded } = result
  return {
    items: await hitsOf(face, result.hits),
    total,
    facets: facetsOf(result.facets),
    ...(next !== undefined && { next: `${asked.mark}${next}` }),
    ...(asked.page !== undefined && { page: asked.page }),
    pageSize: asked.request.limit,
    ...(suggestion !== undefined && { suggestion }),
    relaxed,
    degraded,
    stale: isStale,
  }
}

/** Ids of what has these words, the best first; nothing more is read of it. */
export async function findByWords(
  face: SearchFace,
  request: Pick<SearchRequest, 'text' | 'facets' | 'limit'>,
  wait: number,
): Promise<readonly string[]> {
  const asked = { request: { ...request, snippets: false }, sight: wholeSight, names: ofText }
  const { result } = await ask(face, asked, wait)
  return result.hits.map(({ artifact }) => artifact.id)
}

export async function suggestFlat(
  { searching }: SearchFace,
  asked: { readonly text: string; readonly limit: number },
  wait: number,
): Promise<SearchSuggestion[]> {
  await searching.catchUp(wait)
  const { artifacts } = await inOwnWords(() => searching.suggest(wholeSight, asked.text, asked.limit), ofText)
  return artifacts.map(({ id, namespace, slug, name, kind }) => ({
    id,
    orgId: orgIdOf(namespace),
    slug,
    name,
    type: kind,
  }))
}

/** What is found is what is shown: of a newer draft there is nothing. What has gone since it was found is left out. */
async function hitsOf({ committed }: SearchFace, hits: readonly CoreHit[]): Promise<SearchHit[]> {
  const entries = await committed.artifacts.shown(hits.map(({ artifact }) => artifact.id))
  const there = hits.flatMap((hit, at) => {
    const entry = entries[at]
    return entry === undefined ? [] : [{ hit, entry }]
  })
  const artifacts = await flatEntries(
    committed,
    there.map(({ entry }) => entry),
  )
  return artifacts.flatMap((artifact, at): SearchHit[] => {
    const { hit, entry } = there[at] ?? {}
    if (hit === undefined || entry === undefined) return []
    const { score, matches, explanation } = hit
    return [
      {
        artifact: { ...artifact, isLatest: entry.isStanding },
        score,
        matches: matches.flatMap(matchOf),
        named: hit.named,
        ...(explanation && { explanation: explanationOf(explanation) }),
      },
    ]
  })
}

/** Whose it is may be written otherwise than the text that has the marks: that match is left out. */
function matchOf({ field, text, marks }: CoreHit['matches'][number]): readonly SearchMatch[] {
  if (field === 'namespace' && orgIdOf(text) !== text) return []
  return [{ field: matchNameOf(field), snippet: text, marks }]
}

function explanationOf({ clauses, ...rest }: NonNullable<CoreHit['explanation']>): SearchExplanation {
  return {
    ...rest,
    words: clauses.map(({ text, score, rarity, fields }) => ({
      text,
      score,
      rarity,
      fields: Object.fromEntries(
        Object.entries(fields).map(([field, adds]) => [fieldNameOf(field as SearchField), adds]),
      ),
    })),
  }
}

function facetsOf(facets: SearchResult['facets']): SearchPage['facets'] {
  return Object.fromEntries(
    Object.entries(facets).map(([facet, values]) => [
      facetNameOf(facet as SearchFacet),
      facet === 'namespace' ? values.map((one) => ({ ...one, value: orgIdOf(one.value) })) : values,
    ]),
  )
}

const ofText: Names = new Map([
  ['q', 'text'],
  ['kind', 'type'],
])
const ofQuery: Names = new Map([
  ['q', 'query'],
  ['filter', 'query'],
  ['kind', 'type'],
  ['offset', 'page'],
])

/** What the core finds wrong is named as the caller has named it. */
async function inOwnWords<T>(work: () => Promise<T>, names: Names): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!isRegistryError(error, 'parameter-invalid')) throw error
    const { parameter, reason } = error.data
    throw invalid(names.get(parameter) ?? parameter, reason, error)
  }
}
