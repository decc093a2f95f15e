import { createHash } from 'node:crypto'
import type { SearchFacet, Sight } from '../../../domain/search.ts'
import type { EngineQuery, FacetCount } from '../../../ports/search/search.ts'

/** Which index it is, and how often it has changed. */
export interface Standing {
  readonly generation: number | string
  readonly changes: number
}

/** What is known of the numbers that a question asks for. */
export interface KnownCounts {
  readonly total: number | undefined
  readonly facets: ReadonlyMap<SearchFacet, readonly FacetCount[]>
}

export const noCounts: KnownCounts = { total: undefined, facets: new Map() }

/**
 * Numbers that were counted since the index has changed last: for further pages, and for facets, which are counted as if their
 * own filter were not there, and so are the same whichever of their values is chosen.
 */
export class KeptCounts {
  readonly #most: number
  #of = ''
  readonly #kept = new Map<string, number | readonly FacetCount[]>()

  constructor(most: number) {
    this.#most = most
  }

  get(standing: Standing, query: EngineQuery): KnownCounts {
    if (this.#of !== nameOf(standing)) return noCounts
    const total = this.#used(totalKey(query))
    const facets = query.facets.flatMap((facet) => {
      const counts = this.#used(facetKey(query, facet))
      return typeof counts === 'object' ? [[facet, counts] as const] : []
    })
    return { total: typeof total === 'number' ? total : undefined, facets: new Map(facets) }
  }

  put(standing: Standing, query: EngineQuery, { total, facets }: KnownCounts): void {
    if (this.#of !== nameOf(standing)) {
      this.#kept.clear()
      this.#of = nameOf(standing)
    }
    if (total !== undefined) this.#kept.set(totalKey(query), total)
    for (const [facet, counts] of facets) this.#kept.set(facetKey(query, facet), counts)
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= this.#most) return
      this.#kept.delete(oldest)
    }
  }

  #used(key: string): number | readonly FacetCount[] | undefined {
    const found = this.#kept.get(key)
    if (found === undefined) return undefined
    this.#kept.delete(key)
    this.#kept.set(key, found)
    return found
  }
}

const nameOf = ({ generation, changes }: Standing): string => `${generation} ${changes}`

const totalKey = ({ clauses, atLeast, without, filter, sight }: EngineQuery): string =>
  JSON.stringify([clauses, atLeast, without, filter, sightKey(sight)])

/** UTF-16 units: a sight may name thousands of namespaces, and would be kept with every number. */
const longestSight = 1_000
const sightKeys = new WeakMap<Sight, string>()

function sightKey(sight: Sight): string {
  const known = sightKeys.get(sight)
  if (known !== undefined) return known
  const text = JSON.stringify(sight)
  const key = text.length <= longestSight ? text : createHash('sha256').update(text).digest('hex')
  sightKeys.set(sight, key)
  return key
}

function facetKey(query: EngineQuery, facet: SearchFacet): string {
  const { filter } = query
  const others = filter.facets.filter((entry) => entry.facet !== facet)
  return `${facet} ${totalKey({ ...query, filter: { ...filter, facets: others } })}`
}
