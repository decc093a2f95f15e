import type { SearchFacet, SearchField } from '../../../../domain/search.ts'
import { searchFields } from '../../../../domain/search.ts'
import { SearchError } from '../../../../ports/search/errors.ts'
import type { EngineHit, EngineQuery, FacetCount } from '../../../../ports/search/search.ts'
import { namedQuery } from './clause-score.ts'
import { isRecord } from './search-error-of.ts'

export type Words = Readonly<Record<SearchField, string>>

export interface FoundHit extends EngineHit {
  /** Under what it is kept. */
  readonly key: string
}

/** What was answered, as far as it is as it should be. Whatever is not makes a SearchError `unavailable`. */
export class AnswerReader {
  readonly #product: string

  constructor(product: string) {
    this.#product = product
  }

  /** What is under these names, one in the other. */
  in(value: unknown, ...path: readonly string[]): unknown {
    let here = value
    for (const name of path) here = this.record(here, path)[name]
    return here
  }

  record(value: unknown, what: readonly string[] = []): Readonly<Record<string, unknown>> {
    return isRecord(value) ? value : this.#fail(what)
  }

  list(value: unknown, ...path: readonly string[]): readonly unknown[] {
    const found = this.in(value, ...path)
    return Array.isArray(found) ? found : this.#fail(path)
  }

  text(value: unknown, ...path: readonly string[]): string {
    const found = this.in(value, ...path)
    return typeof found === 'string' ? found : this.#fail(path)
  }

  number(value: unknown, ...path: readonly string[]): number {
    const found = this.in(value, ...path)
    return typeof found === 'number' ? found : this.#fail(path)
  }

  count(value: unknown, ...path: readonly string[]): number {
    const found = this.number(value, ...path)
    return Number.isSafeInteger(found) && found >= 0 ? found : this.#fail(path)
  }

  /** Of a search: every part of the index has answered. */
  whole(body: unknown): unknown {
    if (this.in(body, 'timed_out') !== false) return this.#fail(['timed_out'])
    const parts = this.count(body, '_shards', 'total')
    const isWhole = parts > 0 && this.count(body, '_shards', 'successful') === parts
    return isWhole ? body : this.#fail(['_shards'])
  }

  total(body: unknown): number {
    if (this.text(body, 'hits', 'total', 'relation') !== 'eq') return this.#fail(['hits', 'total'])
    return this.count(body, 'hits', 'total', 'value')
  }

  /** Of what was counted no further than that. */
  totalUpTo(body: unknown, most: number): number {
    const count = this.count(body, 'hits', 'total', 'value')
    const isAll = this.text(body, 'hits', 'total', 'relation') === 'eq'
    return isAll || count >= most ? Math.min(most, count) : this.#fail(['hits', 'total'])
  }

  hits(body: unknown): readonly unknown[] {
    return this.list(body, 'hits', 'hits')
  }

  engineHits(body: unknown, { sort, limit }: EngineQuery): readonly FoundHit[] {
    const hits = this.hits(body)
    if (hits.length > limit) return this.#fail(['hits'])
    return hits.map((hit) => {
      const [value] = this.list(hit, 'sort')
      const isSorted = sort === 'name' ? typeof value === 'string' : typeof value === 'number'
      if (!isSorted) return this.#fail(['sort'])
      const names = this.record(hit)['matched_queries'] ?? []
      const words = this.record(this.in(hit, '_source', 'stored'))['words']
      return {
        key: this.text(hit, '_id'),
        id: this.text(hit, '_source', 'stored', 'id'),
        isNamed: sort === 'relevance' && Array.isArray(names) && names.includes(namedQuery),
        value: value as number | string,
        ...(words !== undefined && { words: this.words(words) }),
      }
    })
  }

  words(value: unknown): Words {
    return Object.fromEntries(searchFields.map((field) => [field, this.text(value, field)])) as Words
  }

  facets(
    body: unknown,
    asked: readonly SearchFacet[],
  ): Readonly<Partial<Record<SearchFacet, readonly FacetCount[]>>> {
    return Object.fromEntries(
      asked.map((facet) => [
        facet,
        this.list(body, 'aggregations', facet, 'labels', 'buckets').map((bucket) => ({
          label: this.text(bucket, 'key'),
          count: this.count(bucket, 'doc_count'),
        })),
      ]),
    )
  }

  #fail(what: readonly string[]): never {
    const where = what.length === 0 ? '' : ` (${what.join('.')})`
    throw new SearchError('unavailable', `the answer of ${this.#product} cannot be understood${where}`)
  }
}
