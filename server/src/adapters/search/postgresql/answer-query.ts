import { compareText } from '../../../domain/compare-text.ts'
import { type SearchFacet, type SearchField, searchFields } from '../../../domain/search.ts'
import { type FieldWords, scoreClauses } from '../../../domain/search-score.ts'
import {
  type EngineAnswer,
  type EngineHit,
  type EngineQuery,
  type FacetCount,
  searchBounds,
} from '../../../ports/search/search.ts'
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

type Counts = Pick<EngineAnswer, 'total' | 'facets'>

/** Numbers of questions, as long as the index stays as it is. */
export interface KeptCounts {
  get(pointer: Pointer, query: EngineQuery): Counts | undefined
  put(pointer: Pointer, query: EngineQuery, counts: Counts): void
}

export async function answerQuery(
  ask: Ask,
  pointer: Pointer,
  query: EngineQuery,
  { limits, kept }: { readonly limits: SearchLimits; readonly kept: KeptCounts },
): Promise<EngineAnswer> {
  const tables = tablesOf(pointer.generation)
  const { documents } = pointer
  const [frequencies, known] = await Promise.all([
    frequenciesOf(ask, tables, query.clauses, { documents, prefixWords: limits.prefixWords }),
    labelsOf(ask, tables, query),
  ])
  const before = kept.get(pointer, query)
  const bindings = new Bindings()
  const candidates = Math.max(limits.candidates, query.limit)
  const prepared = { known, having: havingOf(frequencies), candidates, counts: before === undefined }
  const rows =
    before !== undefined && query.limit === 0
      ? []
      : await ask(matchSql({ tables, bindings, hasLong: pointer.hasLong }, query, prepared), bindings.values)
  const counts = before ?? countsOf(rows, query.facets)
  if (before === undefined) kept.put(pointer, query, counts)
  return { hits: hitsOf(rows, query, { frequencies, documents }), ...counts, frequencies, documents }
}

/** For what was never built. */
export function emptyAnswer({ facets, clauses }: EngineQuery): EngineAnswer {
  return {
    hits: [],
    total: 0,
    facets: Object.fromEntries(facets.map((facet) => [facet, []])),
    frequencies: clauses.map(({ alternatives }) => alternatives.map(() => 0)),
    documents: 0,
  }
}

function countsOf(rows: readonly SqlRow[], facets: readonly SearchFacet[]): Counts {
  const byGroup = new Map(facets.map((facet) => [groupNumber(facet), [] as FacetCount[]]))
  let total = 0
  for (const [kind, number, label, count] of rows)
    if (kind === rowKinds.total) total = Number(number)
    else if (kind === rowKinds.label)
      byGroup.get(Number(number))?.push({ label: String(label), count: Number(count) })
  return {
    total,
    facets: Object.fromEntries(facets.map((facet) => [facet, byGroup.get(groupNumber(facet)) ?? []])),
  }
}

interface Rarity {
  readonly frequencies: readonly (readonly number[])[]
  readonly documents: number
}

function hitsOf(rows: readonly SqlRow[], query: EngineQuery, rarity: Rarity): readonly EngineHit[] {
  const found = rows.filter(([kind]) => kind === rowKinds.hit)
  if (query.sort === 'relevance') return bestOf(found, query, rarity)
  return found.map(([, , id, value]) => ({
    id: String(id),
    isNamed: false,
    value: query.sort === 'name' ? String(value) : Number(value),
  }))
}

/** Less than what any word says: it decides where words say the same. */
const weightShare = 1e-3

function bestOf(
  rows: readonly SqlRow[],
  { clauses, limit }: EngineQuery,
  { frequencies, documents }: Rarity,
): readonly EngineHit[] {
  const scored = clauses.map(({ alternatives, ...rest }, at) => ({
    ...rest,
    alternatives: alternatives.map((one, n) => ({ ...one, documents: frequencies[at]?.[n] ?? 0 })),
  }))
  return rows
    .map(([, , id, weight, named, ...texts]) => {
      const words = Object.fromEntries(searchFields.map((field, at) => [field, String(texts[at])])) as Record<
        SearchField,
        string
      >
      const split = Object.fromEntries(
        searchFields.map((field) => [field, wordsOf(words[field])]),
      ) as unknown as FieldWords
      const scores = scoreClauses(split, scored, documents)
      const popularity = weightShare * (Number(weight) / (1 + Number(weight)))
      const value = scores.reduce((sum, { score }) => sum + score, popularity)
      return { id: String(id), isNamed: named === 't', value, words }
    })
    .sort(
      (one, other) =>
        Number(other.isNamed) - Number(one.isNamed) ||
        other.value - one.value ||
        compareText(one.id, other.id),
    )
    .slice(0, limit)
    .map(({ words, ...hit }, at) => (at < searchBounds.scored ? { ...hit, words } : hit))
}
