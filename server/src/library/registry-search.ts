import type { SearchRequest } from '../boot/compose/searching.ts'
import type { SearchEngine } from '../ports/search/search.ts'
import type { Embedded, SearchFace } from './embedded.ts'
import { limitIn } from './find-flat-query.ts'
import { textIn } from './read/given.ts'
import { readSearch, readSearchPage } from './read/read-search.ts'
import type { SearchBounds } from './search/search-bounds.ts'
import { findByWords, searchFlat, suggestFlat } from './search/search-flat.ts'
import type { SearchHit, SearchPage, SearchSuggestion } from './search/search-types.ts'

const usualSuggestions = 10

/** What a registry asks of its search engine, or of that of its backend. */
export class ManagerSearch {
  readonly #engine: SearchEngine | undefined
  readonly #bounds: SearchBounds

  constructor(engine: SearchEngine | undefined, bounds: SearchBounds) {
    this.#engine = engine
    this.#bounds = bounds
  }

  async search(face: Embedded, given: unknown): Promise<SearchHit[]> {
    const asked = readSearch(given, face.limits)
    return [...(await this.#over(face, (over) => searchFlat(over, asked, this.#bounds.wait))).items]
  }

  async page(face: Embedded, given: unknown): Promise<SearchPage> {
    const asked = readSearchPage(given, face.limits)
    return await this.#over(face, (over) => searchFlat(over, asked, this.#bounds.wait))
  }

  async suggest(face: Embedded, given: unknown, most: unknown): Promise<SearchSuggestion[]> {
    const text = textIn(given, 'text', face.limits.textLength)
    const limit = limitIn(most, usualSuggestions, face.limits)
    return await this.#over(face, (over) => suggestFlat(over, { text, limit }, this.#bounds.wait))
  }

  async findByWords(
    face: Embedded,
    request: Pick<SearchRequest, 'text' | 'facets' | 'limit'>,
  ): Promise<readonly string[]> {
    return await this.#over(face, (over) => findByWords(over, request, this.#bounds.wait))
  }

  async #over<T>(face: Embedded, work: (over: SearchFace) => Promise<T>): Promise<T> {
    return await face.searches.during(this.#engine, this.#bounds, work)
  }
}
