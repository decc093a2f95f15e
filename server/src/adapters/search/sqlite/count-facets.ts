import { compareText } from '../../../domain/compare-text.ts'
import { type SearchFacet, searchFacets } from '../../../domain/search.ts'
import { type EngineQuery, type FacetCount, searchBounds } from '../../../ports/search/search.ts'
import type { Columns } from './columns.ts'
import { compileBeside, compileFacets, type FacetTest } from './compile-filter.ts'
import { always, compileSight, type RowTest } from './compile-sight.ts'
import { firstOf } from './first-of.ts'

export interface Narrowed {
  readonly rows: Uint32Array
  readonly facets: Partial<Record<SearchFacet, readonly FacetCount[]>>
}

/** So many rows at a time: what memory has of them stays in the processor's caches from one look at it to the next. */
const rowsAtOnce = 4_096

/**
 * Of rows that match, those in sight that the filter takes, and how often each label occurs. Who fails by entries of one
 * facet alone is counted in that.
 */
export function narrowed(columns: Columns, matching: Uint32Array, query: EngineQuery): Narrowed {
  const tests = [compileSight(columns, query.sight), ...compileBeside(columns, query.filter)]
  const entries = compileFacets(columns, query.filter)
  const counted = query.facets.map((facet) => {
    const labels = columns.labelsOf(searchFacets.indexOf(facet))
    return { facet, list: columns.facet(facet), labels, counts: new Uint32Array(labels.length) }
  })
  const rows = new Uint32Array(matching.length)
  let found = 0
  for (let from = 0; from < matching.length; from += rowsAtOnce) {
    const seen = tests.reduce(kept, matching.subarray(from, from + rowsAtOnce))
    const { rows: some, failing } =
      entries.length === 0 ? { rows: seen, failing: none } : parted(seen, entries)
    for (const { facet, list, counts } of counted) {
      list.count(some, counts)
      const alone = failing.get(facet)
      if (alone !== undefined) list.count(alone, counts)
    }
    rows.set(some, found)
    found += some.length
  }
  return {
    rows: rows.subarray(0, found),
    facets: Object.fromEntries(
      counted.map(({ facet, labels, counts }) => [facet, commonest(labels, counts)]),
    ),
  }
}

const none: ReadonlyMap<SearchFacet, Uint32Array> = new Map()

function kept(rows: Uint32Array, test: RowTest): Uint32Array {
  if (test === always) return rows
  const left = new Uint32Array(rows.length)
  let found = 0
  for (const row of rows) if (test(row)) left[found++] = row
  return left.subarray(0, found)
}

/** Rows for which all entries hold, and by facets, those for which only entries of that one do not. */
function parted(
  seen: Uint32Array,
  entries: readonly FacetTest[],
): { readonly rows: Uint32Array; readonly failing: ReadonlyMap<SearchFacet, Uint32Array> } {
  const rows = new Uint32Array(seen.length)
  const failing = new Map(
    entries.map(({ facet }) => [facet, { rows: new Uint32Array(seen.length), found: 0 }]),
  )
  let found = 0
  for (const row of seen) {
    let one: SearchFacet | undefined
    let isOne = true
    for (const { facet, holds } of entries) {
      if (one === facet || holds(row)) continue
      isOne = one === undefined
      one = facet
      if (!isOne) break
    }
    if (!isOne) continue
    if (one === undefined) rows[found++] = row
    else {
      const list = failing.get(one)
      if (list !== undefined) list.rows[list.found++] = row
    }
  }
  return {
    rows: rows.subarray(0, found),
    failing: new Map([...failing].map(([facet, list]) => [facet, list.rows.subarray(0, list.found)])),
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
