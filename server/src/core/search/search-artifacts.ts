import type { RepositoryName } from '../../domain/repository-name.ts'
import type { SearchFacet, Sight } from '../../domain/search.ts'
import {
  type EngineAnswer,
  type EngineQuery,
  type FacetCount,
  facetKey,
  searchBounds,
} from '../../ports/search/search.ts'
import { artifactOf } from '../artifacts/artifact-rows.ts'
import { rowsInSight } from '../artifacts/rows-in-sight.ts'
import { repositories } from '../content/tables.ts'
import type { Core } from '../ledger/core.ts'
import { builtEngine } from './built-engine.ts'
import type { WantedClause } from './clauses.ts'
import type { FoundRow } from './found-row.ts'
import { type FoundStage, foundStage } from './found-stage.ts'
import { pageSnippets } from './page-snippets.ts'
import { invalid, planSearch, type SearchPlan } from './plan-search.ts'
import { type RankedHit, rankHits } from './rank-hits.ts'
import { readSearchCursor, type SearchCursor, writeSearchCursor } from './search-cursor.ts'
import type { FacetValue, SearchHit, SearchRequest, SearchResult, Snippet } from './search-request.ts'
import type { Searchers } from './searchers.ts'
import { type ShownRow, shownRowsOf, timesOfDrafted } from './shown-rows.ts'
import { snippetMaker } from './snippet-maker.ts'
import { suggestionOf } from './suggestion.ts'
import { takingTurns } from './taking-turns.ts'

const usualFacetValues = 20

/**
 * What somebody finds who may see what is in sight. Nothing else leaves a trace: not in a number, and not in what is meant
 * by few.
 * @throws RegistryError `parameter-invalid`; `unavailable`
 */
export async function searchArtifacts(
  core: Core,
  searchers: Searchers,
  sight: Sight,
  request: SearchRequest,
): Promise<SearchResult> {
  const kinds = [...core.kinds.keys()]
  const plan = planSearch(request, kinds)
  const cursor = request.after === undefined ? undefined : readSearchCursor(request, request.after)
  const offset = offsetOf(request, cursor)
  if (plan.isOfSigns) return nothingBy(searchers, request)
  const query = queryOf(request, plan, { sight, cursor, offset })
  const turn = takingTurns(core.clock)
  const asked = await searchers.ask(async (engine, signal, name) => {
    const asking = { engine: builtEngine(engine), signal, plan, query, cursor }
    return await foundStage({ ...asking, core, watch: searchers.watch, name, sight })
  })
  const { relaxed, clauses, answer, rows } = asked.value
  await turn()
  const times = await timesAmong(core, request, { answer, rows })
  const page = await pageOf({ core, request, clauses, answer, rows, times, offset, turn })
  await turn()
  const shown = await shownRowsOf(
    core,
    page.ranked.map(({ row }) => row.id),
  )
  const rowsShown = shown.map(({ row }) => row)
  const [homes, inSight] = await Promise.all([
    core.store.getMany(
      repositories,
      rowsShown.map(({ repository }) => [repository]),
    ),
    rowsInSight(core, sight, rowsShown),
  ])
  const idsInSight = new Set(inSight.map(({ id }) => id))
  const entries = new Map(shown.map((as, at) => [as.row.id, { as, home: homes[at] }]))
  const seen = page.ranked.flatMap((ranked): ShownHit[] => {
    const { as, home } = entries.get(ranked.row.id) ?? {}
    if (as === undefined || home === undefined || !idsInSight.has(as.row.id)) return []
    return [{ ...ranked, ...as, repository: home.name as RepositoryName }]
  })
  const { explain = false, snippets = true } = request
  const rowsSeen = snippets && clauses.length > 0 ? seen.map(({ row }) => row) : []
  const matches = await pageSnippets(core, rowsSeen, snippetMaker(clauses))
  const hits = seen.map((hit, at) => hitOf(hit, matches[at] ?? [], { clauses, explain }))
  const next = nextOf(request, { answer, rows, offset, relaxed, ...page })
  const best = relaxed === 'none' ? undefined : seen[0]?.row
  const suggestion = suggestionOf(request, { clauses, best, kinds })
  return {
    hits,
    total: answer.total - (answer.hits.length - rows.size) - (page.ranked.length - seen.length),
    facets: facetsOf(answer.facets, request.facetLimit ?? usualFacetValues),
    ...(next !== undefined && { next }),
    relaxed,
    ...(suggestion !== undefined && { suggestion }),
    degraded: asked.degraded,
    engine: asked.engine,
  }
}

function nothingBy({ engines }: Searchers, { countFacets = [] }: SearchRequest): SearchResult {
  return {
    hits: [],
    total: 0,
    facets: Object.fromEntries(countFacets.map((facet) => [facet, []])),
    relaxed: 'none',
    degraded: false,
    engine: engines[0]?.name ?? 'none',
  }
}

function offsetOf({ offset, sort, after, limit }: SearchRequest, cursor: SearchCursor | undefined): number {
  if (after !== undefined && offset !== undefined && offset > 0)
    throw invalid('offset', 'give either offset or after')
  const from = cursor?.offset ?? offset ?? 0
  const isRelevance = sort === undefined || sort === 'relevance'
  if ((isRelevance || cursor === undefined) && from + limit > searchBounds.hits)
    throw invalid(
      'offset',
      `only the first ${searchBounds.hits} hits can be reached so; sort by name, or by another order, and leaf by after`,
    )
  return from
}

function queryOf(
  request: SearchRequest,
  plan: SearchPlan,
  {
    sight,
    cursor,
    offset,
  }: { readonly sight: Sight; readonly cursor: SearchCursor | undefined; readonly offset: number },
): EngineQuery {
  const { sort = 'relevance', back = false, limit, countFacets = [] } = request
  const isRelevance = sort === 'relevance'
  const reach = (isRelevance || cursor === undefined ? offset : 0) + limit + 1
  return {
    clauses: plan.clauses,
    atLeast: plan.clauses.length,
    without: plan.without,
    filter: plan.filter,
    sight,
    names: isRelevance ? plan.names : [],
    sort,
    back,
    ...(cursor?.place && !isRelevance && { after: cursor.place }),
    // The first ones are put into another order here: which of them a page has is known when all are there.
    limit: Math.min(searchBounds.hits, isRelevance ? Math.max(searchBounds.scored, reach) : reach),
    facets: countFacets,
  }
}

interface Paging {
  readonly core: Core
  readonly request: SearchRequest
  readonly clauses: readonly WantedClause[]
  readonly answer: EngineAnswer
  readonly rows: ReadonlyMap<string, FoundRow>
  readonly times: ReadonlyMap<string, number>
  readonly offset: number
  readonly turn: () => Promise<void>
}

/** Of the hits that are scored, and only where their age counts. */
async function timesAmong(
  core: Core,
  { sort = 'relevance', boosts = true }: SearchRequest,
  { answer, rows }: Pick<Paging, 'answer' | 'rows'>,
): Promise<ReadonlyMap<string, number>> {
  if (sort !== 'relevance' || !boosts) return new Map()
  const scored = answer.hits.slice(0, searchBounds.scored).flatMap(({ id }) => rows.get(id) ?? [])
  return await timesOfDrafted(core, scored)
}

/** No more hits than these were asked for: it takes another question to tell whether one follows. */
function mayBeMore({ hits, total }: EngineAnswer, after: string | undefined): boolean {
  return hits.length === searchBounds.hits && (after !== undefined || total > hits.length)
}

interface PageOfHits {
  readonly ranked: readonly RankedHit[]
  /** Hits of the engine's answer that are on this page or before it. */
  readonly passed: number
  readonly isLast: boolean
}

async function pageOf(paging: Paging): Promise<PageOfHits> {
  const { core, request, clauses, answer, rows, times, offset, turn } = paging
  const { sort = 'relevance', limit, after, boosts = true } = request
  const now = core.clock.now()
  const unscored = (hits: EngineAnswer['hits']): readonly RankedHit[] =>
    hits.flatMap(({ id, isNamed }) => {
      const row = rows.get(id)
      return row === undefined ? [] : [{ row, isNamed, score: 0, clauses: [], popularity: 0, freshness: 0 }]
    })
  if (sort !== 'relevance') {
    const from = after === undefined ? offset : 0
    const passed = Math.min(answer.hits.length, from + limit)
    return {
      ranked: unscored(answer.hits.slice(from, passed)),
      passed,
      isLast: passed === answer.hits.length && !mayBeMore(answer, after),
    }
  }
  const scored = answer.hits.slice(0, searchBounds.scored)
  const order = [
    ...(await rankHits({ ...answer, hits: scored }, clauses, { rows, times, boosts, now, turn })),
    ...unscored(answer.hits.slice(searchBounds.scored)),
  ]
  const passed = Math.min(order.length, offset + limit)
  return { ranked: order.slice(offset, passed), passed, isLast: passed === order.length }
}

function nextOf(
  request: SearchRequest,
  {
    answer,
    rows,
    offset,
    relaxed,
    passed,
    isLast,
  }: PageOfHits & Omit<FoundStage, 'clauses'> & { readonly offset: number },
): string | undefined {
  const { sort = 'relevance', limit } = request
  if (limit === 0 || isLast) return undefined
  if (sort === 'relevance') {
    const end = offset + limit
    // Whoever goes on asks for as many as now, or is refused.
    return end + limit > searchBounds.hits ? undefined : writeSearchCursor(request, { relaxed, offset: end })
  }
  const page = answer.hits.slice(0, passed)
  // A cursor names its hit: one that has just gone out of sight is not named where another one is there.
  const last = page.findLast(({ id }) => rows.has(id)) ?? page.at(-1)
  return (
    last &&
    writeSearchCursor(request, { relaxed, offset: offset + limit, place: { value: last.value, id: last.id } })
  )
}

type ShownHit = Omit<RankedHit, 'row'> & ShownRow & { readonly repository: RepositoryName }

function hitOf(
  { row, repository, deprecated, isNamed, score, clauses: scores, popularity, freshness }: ShownHit,
  matches: readonly Snippet[],
  { clauses, explain }: { readonly clauses: readonly WantedClause[]; readonly explain: boolean },
): SearchHit {
  const told = scores.map((one, at) => ({
    text: clauses[at]?.typed ?? clauses[at]?.alternatives[0]?.words.join(' ') ?? '',
    ...one,
  }))
  return {
    artifact: artifactOf(row),
    repository,
    ...(deprecated !== '' && { deprecated }),
    named: isNamed,
    score,
    matches,
    ...(explain && { explanation: { isNamed, clauses: told, popularity, freshness } }),
  }
}

/** Labels that differ in case alone are one value, under the commoner label. */
function facetsOf(facets: EngineAnswer['facets'], limit: number): SearchResult['facets'] {
  const merged = Object.entries(facets).map(
    ([facet, counts]) => [facet, valuesOf(counts).slice(0, limit)] as const,
  )
  return Object.fromEntries(merged) as Partial<Record<SearchFacet, readonly FacetValue[]>>
}

function valuesOf(counts: readonly FacetCount[]): readonly FacetValue[] {
  const byKey = new Map<string, { value: string; count: number }>()
  for (const { label, count } of counts) {
    const known = byKey.get(facetKey(label))
    if (known === undefined) byKey.set(facetKey(label), { value: label, count })
    else known.count += count
  }
  return [...byKey.values()].sort((one, other) => other.count - one.count)
}
