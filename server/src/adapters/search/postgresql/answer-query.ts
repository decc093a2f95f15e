import { compareText } from '../../../domain/compare-text.ts'
import { type SearchFacet, type SearchField, searchFields } from '../../../domain/search.ts'
import { clauseScorer, estimateOf, type FieldWords } from '../../../domain/search-score.ts'
import {
  type EngineAnswer,
  type EngineHit,
  type EngineQuery,
  estimatedBy,
  type FacetCount,
  searchBounds,
} from '../../../ports/search/search.ts'
import { type KeptCounts, type KnownCounts, noCounts } from '../shared/kept-counts.ts'
import { Bindings } from './bindings.ts'
import { frequenciesOf, havingOf } from './frequencies.ts'
import { tablesOf } from './index-tables.ts'
import { groupNumber } from './label-ids.ts'
import { wordsOf } from './lexemes.ts'
import { matchSql, rowKinds } from './match-sql.ts'
import { labelsOf } from './narrow-sql.ts'
import type { Pointer } from './pointer.ts'
import type { SearchLimits } from './search-options.ts'
import type { Ask, SqlRow } from './search-pool.ts'

export async function answerQuery(
  ask: Ask,
  {
    pointer,
    current: reading,
  }: { readonly pointer: Pointer; readonly current: Promise<Pointer | undefined> },
  query: EngineQuery,
  { limits, kept }: { readonly limits: SearchLimits; readonly kept: KeptCounts },
): Promise<EngineAnswer> {
  const tables = tablesOf(pointer.generation)
  const [having, known, current = pointer] = await Promise.all([
    frequenciesOf(ask, tables, query.clauses, limits),
    labelsOf(ask, tables, query),
    reading,
  ])
  const { documents } = current
  // A prefix is counted as often as a document has words that begin so.
  const frequencies = having.map((each) => each.map((one) => Math.min(one, documents)))
  // Of tables that are not the index any more nothing is kept: the question is asked again.
  const isSame = current.generation === pointer.generation
  const before = isSame ? kept.get(current, query) : noCounts
  const counted = query.facets.filter((facet) => !before.facets.has(facet))
  const wantsTotal = before.total === undefined
  // However many hits are asked for: whoever asks for more of them gets the same ones first.
  const compared = Math.max(limits.candidates, searchBounds.scored)
  const bindings = new Bindings()
  const written = { tables, bindings, hasLong: pointer.hasLong }
  const prepared = { known, having: havingOf(frequencies), compared, counted, wantsTotal }
  const isKnown = query.limit === 0 && !wantsTotal && counted.length === 0
  const rows = isKnown ? [] : await ask(matchSql(written, query, prepared), bindings.values)
  const now = countsOf(rows, counted)
  if (isSame) kept.put(current, query, now)
  const facets = new Map([...before.facets, ...now.facets])
  return {
    hits: hitsOf(rows, query, compared),
    total: before.total ?? now.total ?? 0,
    facets: Object.fromEntries(query.facets.map((facet) => [facet, facets.get(facet) ?? []])),
    documents,
  }
}

/** For what was never built. */
export function emptyAnswer({ facets }: EngineQuery): EngineAnswer {
  return {
    hits: [],
    total: 0,
    facets: Object.fromEntries(facets.map((facet) => [facet, []])),
    documents: 0,
  }
}

function countsOf(rows: readonly SqlRow[], facets: readonly SearchFacet[]): KnownCounts {
  const byGroup = new Map(facets.map((facet) => [groupNumber(facet), [] as FacetCount[]]))
  let total: number | undefined
  for (const [kind, number, label, count] of rows)
    if (kind === rowKinds.total) total = Number(number)
    else if (kind === rowKinds.label)
      byGroup.get(Number(number))?.push({ label: String(label), count: Number(count) })
  return { total, facets: new Map(facets.map((facet) => [facet, byGroup.get(groupNumber(facet)) ?? []])) }
}

function hitsOf(rows: readonly SqlRow[], query: EngineQuery, compared: number): readonly EngineHit[] {
  const found = rows.filter(([kind]) => kind === rowKinds.hit)
  if (query.sort === 'relevance') return bestOf(found, query, compared)
  return found.map(([, , id, value]) => ({
    id: String(id),
    isNamed: false,
    value: query.sort === 'name' ? String(value) : Number(value),
  }))
}

/** Those of the best chances by what they say, and behind them the others as they stand. */
function bestOf(rows: readonly SqlRow[], query: EngineQuery, compared: number): readonly EngineHit[] {
  const { limit } = query
  const scoresOf = clauseScorer(estimatedBy(query))
  return rows
    .map(([, place, id, weight, named, ...texts]): EngineHit & { readonly value: number } => {
      const hit = { id: String(id), isNamed: named === 't' }
      // Less than any score.
      if (Number(place) > compared) return { ...hit, value: -Number(place) }
      const words = Object.fromEntries(searchFields.map((field, at) => [field, String(texts[at])])) as Record<
        SearchField,
        string
      >
      const split = Object.fromEntries(
        searchFields.map((field) => [field, wordsOf(words[field])]),
      ) as unknown as FieldWords
      const scores = scoresOf(split)
      const said = scores.reduce((sum, { score }) => sum + score, 0)
      return { ...hit, value: estimateOf(said, Number(weight)), words }
    })
    .sort(
      (one, other) =>
        Number(other.isNamed) - Number(one.isNamed) ||
        other.value - one.value ||
        compareText(one.id, other.id),
    )
    .slice(0, limit)
    .map(({ words, ...hit }, at) =>
      words !== undefined && at < searchBounds.scored ? { ...hit, words } : hit,
    )
}
