import type { SearchEngine } from '../../../src/ports/search/search.ts'

/** A way in which a search engine could be wrong, and the case of the suite that must find it. */
export interface Mutant {
  readonly name: string
  readonly caughtBy: string
  wrong(right: SearchEngine): Partial<SearchEngine>
}
