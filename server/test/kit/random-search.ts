import {
  type SearchField,
  type SearchSort,
  type Sight,
  searchFacets,
  searchFields,
  searchSorts,
} from '../../src/domain/search.ts'
import {
  type Alternative,
  type Clause,
  type EngineQuery,
  facetKey,
  gapWord,
  type SearchDocument,
  type SearchFilter,
} from '../../src/ports/search/search.ts'

/** Names of repositories, some as no path has them. */
const homes = ['', 'app', 'app-web', 'tools/app', 'apapp', '%_*\\', 'a_b', 'äpp', 'a\nb', '\u{1f600}p']
const globs = [
  '*',
  '',
  'app',
  'app*',
  '*app',
  'a*p',
  '*/*',
  '*_*',
  '*\\',
  '%*',
  '*ap*app',
  'a*b',
  'ä*',
  '*p',
  '.*',
]

/** Documents and questions by chance, the same for the same seed. Few letters and few labels, so that much is found. */
export class RandomSearch {
  #state: number

  constructor(seed: number) {
    this.#state = seed
  }

  /** 0 to below `below` (mulberry32). */
  number(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below)
  }

  among<T>(all: readonly T[]): T {
    return all[this.number(all.length)] as T
  }

  chance(percent: number): boolean {
    return this.number(100) < percent
  }

  several<T>(most: number, one: () => T): T[] {
    return Array.from({ length: this.number(most + 1) }, one)
  }

  /** Most of them of the same few syllables, so that many differ by a letter or two. */
  word(): string {
    if (this.chance(8)) return this.among(['索引', '検索', 'поиск', 'поикс', '𝒳𝒴𝒵', '8', 'é', 'e', 'utf8'])
    const syllables = ['a', 'li', 'bra', 'ry', 'lib', 'ar', 'ib', 'ne', 'den', 'x']
    return [this.among(syllables), ...this.several(3, () => this.among(syllables))].join('')
  }

  /** Longer than some engines index them, and alike for long. */
  longWord(): string {
    return `${'lib'.repeat(100)}${this.among(['', 'a', 'ab', 'x'])}`
  }

  text(most: number): string {
    return this.several(most, () => {
      if (this.chance(5)) return gapWord
      return this.chance(1) ? this.longWord() : this.word()
    }).join(' ')
  }

  document(id: string, version: number): SearchDocument {
    const words = Object.fromEntries(
      searchFields.map((field) => [field, this.text(field === 'source' ? 40 : 6)]),
    ) as Record<SearchField, string>
    const facets = Object.fromEntries(
      searchFacets.map((facet) => [facet, this.#labels(facet === 'kind' || facet === 'namespace' ? 1 : 3)]),
    ) as unknown as SearchDocument['facets']
    return {
      id,
      words,
      names: this.several(2, () => this.word()),
      beginnings: this.several(3, () => `${this.word()}${this.among(['', ' ', '/'])}${this.word()}`),
      nameKey: this.among(['', this.word(), this.text(3), '\uffee', '\u{1f600}', 'Z']),
      facets,
      visibility: this.among(['public', 'public', 'unlisted', 'private']),
      owner: this.#owner(),
      home: { kind: this.#label(), name: this.among(homes) },
      numbers: {
        downloads: this.number(5),
        stars: this.among([0, 1, 2 ** 40]),
        createdAt: 1_000 * this.number(1_000),
        updatedAt: 1_000 * this.number(10),
      },
      deprecated: this.chance(20),
      platform: this.among(['', '01', '02', '03']),
      weight: this.number(4) / 3,
      version,
    }
  }

  query(): EngineQuery {
    const clauses = this.chance(20) ? [] : [this.clause(), ...this.several(3, () => this.clause())]
    const sort: SearchSort = this.among(searchSorts)
    return {
      clauses,
      atLeast: this.chance(60) ? clauses.length : this.number(clauses.length + 1),
      without: this.chance(25) ? [this.clause()] : [],
      filter: this.chance(60) ? { facets: [], ranges: [] } : this.filter(),
      sight: this.sight(),
      names: this.several(2, () => this.word()),
      sort,
      back: this.chance(50),
      limit: this.among([0, 1, 7, 100, 1_000]),
      facets: searchFacets.filter(() => this.chance(30)),
    }
  }

  clause(): Clause {
    const alternatives = [this.#alternative(), ...(this.chance(30) ? [this.#alternative()] : [])]
    return this.chance(75)
      ? { alternatives }
      : { alternatives, fields: searchFields.filter(() => this.chance(40)) }
  }

  filter(): SearchFilter {
    return {
      facets: this.several(2, () => ({
        facet: this.among(searchFacets),
        keys: [facetKey(this.#label()), ...this.several(1, () => facetKey(this.#label()))],
      })),
      ranges: this.several(1, () => ({
        number: this.among(['downloads', 'stars', 'createdAt', 'updatedAt'] as const),
        from: this.among([0, 1, 3, 5_000]),
        ...(this.chance(50) && { to: this.among([1, 4, 6_000, 500_000]) }),
      })),
      ...(this.chance(20) && { platform: [{ from: '01', below: '03' }, ...this.several(1, () => ({}))] }),
      ...(this.chance(30) && { deprecated: this.chance(50) }),
    }
  }

  sight(): Sight {
    if (this.chance(60)) return [{}]
    return this.several(3, () => ({
      ...(this.chance(50) && { visibilities: [this.among(['public', 'unlisted', 'private'] as const)] }),
      ...(this.chance(30) && { namespaces: [this.#label()] }),
      ...(this.chance(20) && { exceptNamespaces: this.several(2, () => this.#label()) }),
      ...(this.chance(30) && { owners: [this.#owner(), this.#owner()] }),
      ...(this.chance(30) && { kinds: [this.#label(), ''] }),
      ...(this.chance(30) && { names: this.several(2, () => this.several(3, () => this.among(globs))) }),
    }))
  }

  #alternative(): Alternative {
    const long = this.chance(4)
    const last = long ? this.longWord() : this.word()
    const prefix = this.chance(25)
    const letters = [...last].slice(0, prefix ? (long ? 299 : 1) + this.number(4) : undefined)
    const words = [...(this.chance(75) ? [] : [this.word()]), letters.join('')]
    return { words, prefix, weight: this.among([1, 0.5]) }
  }

  #labels(most: number): string[] {
    const labels = this.several(most, () => this.#label())
    return [...new Map(labels.map((label) => [facetKey(label), label])).values()]
  }

  #label(): string {
    return this.among([
      'MIT',
      'mit',
      'Text',
      'a b',
      "it's",
      '%_*\\',
      'Ä',
      'ﬁne',
      'z',
      '',
      '\u{1f600}',
      '{"a",b}',
    ])
  }

  #owner(): string {
    return this.among(['ada', 'bo', "o'neil", ''])
  }
}
