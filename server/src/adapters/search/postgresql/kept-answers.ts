import type { EngineAnswer, EngineQuery } from '../../../ports/search/search.ts'
import type { KeptCounts } from './answer-query.ts'
import type { Pointer } from './pointer.ts'

type Counts = Pick<EngineAnswer, 'total' | 'facets'>

/** Numbers of what was asked last, for as long as nothing changes: pages of one list, and lists that everybody begins with. */
export class KeptAnswers implements KeptCounts {
  readonly #most: number
  #of = ''
  readonly #kept = new Map<string, Counts>()

  constructor(most: number) {
    this.#most = most
  }

  get(pointer: Pointer, query: EngineQuery): Counts | undefined {
    if (this.#of !== nameOf(pointer)) return undefined
    const name = keyOf(query)
    const found = this.#kept.get(name)
    if (found === undefined) return undefined
    this.#kept.delete(name)
    this.#kept.set(name, found)
    return found
  }

  put(pointer: Pointer, query: EngineQuery, counts: Counts): void {
    if (this.#of !== nameOf(pointer)) {
      this.#kept.clear()
      this.#of = nameOf(pointer)
    }
    this.#kept.set(keyOf(query), counts)
    const [oldest] = this.#kept.keys()
    if (this.#kept.size > this.#most && oldest !== undefined) this.#kept.delete(oldest)
  }
}

const nameOf = ({ generation, changes }: Pointer): string => `${generation} ${changes}`
const keyOf = ({ clauses, atLeast, without, filter, sight, facets }: EngineQuery): string =>
  JSON.stringify([clauses, atLeast, without, filter, sight, facets])
