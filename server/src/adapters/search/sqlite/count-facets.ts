import { compareText } from '../../../domain/compare-text.ts'
import { type SearchFacet, searchFacets } from '../../../domain/search.ts'
import { type EngineQuery, type FacetCount, searchBounds } from '../../../ports/search/search.ts'
import type { Columns } from './columns.ts'
import { compileBeside, compileFacets } from './compile-filter.ts'
import { compileSight } from './compile-sight.ts'
import { firstOf } from './first-of.ts'

export interface Narrowed {
  readonly rows: Uint32Array
  readonly facets: Partial<Record<SearchFacet, readonly FacetCount[]>>
}

/**
 * Of rows that match, those in sight that the filter takes, and how often each label occurs. Who fails by entries of one
 * facet alone is counted in that.
 */
export function narrowed(columns: Columns, matching: Uint32Array, query: EngineQuery): Narrowed {
  const { sight, filter, facets } = query
  const isInSight = compileSight(columns, sight)
  const beside = compileBeside(columns, filter)
  const entries = compileFacets(columns, filter)
  const counted = facets.map((facet) => ({
    facet,
    list: columns.facet(facet),
    counts: new Uint32Array(columns.labelsOf(searchFacets.indexOf(facet)).length),
  }))
  const rows = new Uint32Array(matching.length)
  let found = 0
  const isLeftOut = (row: number): boolean => {
    for (const holds of beside) if (!holds(row)) return true
    return false
  }
  for (const row of matching) {
    if (!isInSight(row) || (beside.length > 0 && isLeftOut(row))) continue
    let failing: SearchFacet | undefined
    let isFailing = false
    for (const { facet, holds } of entries) {
      if (failing === facet || holds(row)) continue
      isFailing = failing !== undefined
      failing = facet
      if (isFailing) break
    }
    if (isFailing) continue
    if (failing === undefined) rows[found++] = row
    for (const { facet, list, counts } of counted)
      if (failing === undefined || failing === facet) list.count(row, counts)
  }
  return {
    rows: rows.subarray(0, found),
    facets: Object.fromEntries(
      counted.map(({ facet, counts }) => [
        facet,
        commonest(columns.labelsOf(searchFacets.indexOf(facet)), counts),
      ]),
    ),
  }
}

function commonest(labels: readonly string[], counts: Uint32Array): readonly FacetCount[] {
  const numbers = firstOf(counting(counts), searchBounds.facetLabels, (one, other) => {
    const more = (counts[other] ?? 0) - (counts[one] ?? 0)
    return more !== 0 ? more : compareText(labels[one] ?? '', labels[other] ?? '')
  })
  return numbers.map((number) => ({ label: labels[number] ?? '', count: counts[number] ?? 0 }))
}

function* counting(counts: Uint32Array): Generator<number> {
  for (let number = 0; number < counts.length; number++) if (counts[number] !== 0) yield number
}
