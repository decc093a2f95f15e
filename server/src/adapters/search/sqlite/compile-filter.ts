import { type SearchFacet, searchFacets, searchNumbers } from '../../../domain/search.ts'
import { facetKey, type SearchFilter } from '../../../ports/search/search.ts'
import { type Columns, isDeprecated } from './columns.ts'
import type { RowTest } from './compile-sight.ts'
import { platformColumn } from './labels.ts'

/** What of a filter is of no facet. */
export function compileBeside(
  columns: Columns,
  { ranges, platform, deprecated }: SearchFilter,
): readonly RowTest[] {
  const tests: RowTest[] = []
  for (const { number, from = 0, to = Number.MAX_SAFE_INTEGER } of ranges) {
    const values = columns.numbers[searchNumbers.indexOf(number)] ?? new Float64Array()
    tests.push((row) => {
      const value = values[row] ?? 0
      return value >= from && value <= to
    })
  }
  if (platform !== undefined) {
    const flags = columns.flagged(
      platformColumn,
      (label) =>
        label !== '' &&
        platform.some(({ from = '', below }) => label >= from && (below === undefined || label < below)),
    )
    const { platform: values } = columns
    tests.push((row) => flags[values[row] ?? 0] === 1)
  }
  if (deprecated !== undefined) {
    const { flags } = columns
    const wanted = deprecated ? isDeprecated : 0
    tests.push((row) => ((flags[row] ?? 0) & isDeprecated) === wanted)
  }
  return tests
}

/** One entry of a filter about a facet. */
export interface FacetTest {
  readonly facet: SearchFacet
  readonly holds: RowTest
}

export function compileFacets(columns: Columns, { facets }: SearchFilter): readonly FacetTest[] {
  return facets.map(({ facet, keys }) => {
    const wanted = new Set(keys)
    const flags = columns.flagged(searchFacets.indexOf(facet), (label) => wanted.has(facetKey(label)))
    const list = columns.facet(facet)
    return { facet, holds: (row) => list.hasOne(row, flags) }
  })
}
