import type { Mark, SearchEngine } from '../../ports/search/search.ts'
import type { Position } from '../../ports/store/store.ts'
import { tailNow } from '../../ports/store/tail-now.ts'
import type { Core } from '../ledger/core.ts'
import { events } from '../ledger/tables.ts'
import { artifactsIn } from './artifacts-in.ts'
import { changesOf } from './make-document.ts'

/** Events of which the artifacts are looked up at a time. */
const eventsAtOnce = 100
/** Of more, what was reached is done again. */
const mostRemembered = 10_000

/**
 * Brings an index to what has happened behind its mark, and leaves the mark where it is: what a commit under way may still
 * come to stand before cannot be passed, and yet nobody may find what it has hidden.
 */
export class ReachAhead {
  readonly #core: Core
  readonly #engine: SearchEngine
  /** The mark behind which these were reached: in an index with another one they may not be. */
  #mark: Mark | undefined
  readonly #reached = new Set<Position>()

  constructor(core: Core, engine: SearchEngine) {
    this.#core = core
    this.#engine = engine
  }

  /** @returns whether it is there; else others have moved the mark. @throws StoreError, SearchError */
  async reach(mark: Mark, position: Position | undefined): Promise<boolean> {
    if (this.#mark !== mark || this.#reached.size > mostRemembered) this.#reached.clear()
    this.#mark = mark
    for (let after = position; ; ) {
      const page = await tailNow(this.#core.store, events, { after, limit: eventsAtOnce })
      const entries = page.filter(({ at }) => !this.#reached.has(at))
      const ids = artifactsIn(entries.map(({ row }) => row))
      const changes = ids.length === 0 ? [] : await changesOf(this.#core, ids)
      if (changes.length > 0 && (await this.#engine.apply(changes, mark, mark)) === 'moved') return false
      for (const { at } of entries) this.#reached.add(at)
      if (page.length < eventsAtOnce) return true
      after = page.at(-1)?.at
    }
  }
}
