import { SearchError } from '../../../ports/search/errors.ts'
import type { Mark, Rebuilding, SearchDocument } from '../../../ports/search/search.ts'
import { inSlices } from './in-slices.ts'
import { removeIndex } from './search-folder.ts'
import { startThread } from './start-thread.ts'
import type { BuilderCalls, Slices } from './thread-calls.ts'
import { ThreadLine } from './thread-line.ts'

export interface RebuildOptions {
  readonly file: string
  readonly buildCacheKib: number
  readonly gatheredBytes: number
  readonly addWithinMs: number
  readonly finishWithinMs: number
}

export interface RebuildEvents {
  /** The index that was built takes its place. */
  adopt(): Promise<void>
  ended(): void
}

/** Documents that wait for the thread beside those that it has in hand. */
const slicesAhead = 2

/** An index that is built by a thread of its own, in a file of its own. */
export class Rebuild implements Rebuilding {
  readonly file: string
  readonly #options: RebuildOptions
  readonly #events: RebuildEvents
  readonly #line: ThreadLine<BuilderCalls>
  #waiting: Promise<null>[] = []
  #failure: { readonly error: unknown } | undefined
  #isBegun = false
  #state: 'building' | 'adopted' | 'ended' = 'building'

  constructor(options: RebuildOptions, events: RebuildEvents) {
    const { file, buildCacheKib: cacheKib, gatheredBytes } = options
    this.file = file
    this.#options = options
    this.#events = events
    this.#line = new ThreadLine((shared) => {
      // What a thread had that was lost is lost with it.
      if (this.#isBegun) throw new SearchError('unavailable', 'the thread that built the index was lost')
      this.#isBegun = true
      return startThread('search-builder-thread', { ...shared, file, cacheKib, gatheredBytes })
    }, Number.MAX_SAFE_INTEGER)
  }

  /** What goes wrong with documents that wait is told by the next call. */
  async add(documents: readonly SearchDocument[]): Promise<void> {
    this.#require()
    for (const slice of await inSlices(documents)) {
      this.#require()
      if (this.#waiting.length >= slicesAhead) await this.#waiting.shift()
      this.#send([slice])
    }
    this.#require()
  }

  async finish(mark: Mark): Promise<void> {
    this.#require()
    await Promise.all(this.#waiting)
    this.#require()
    await this.#line.ask('seal', mark, { withinMs: this.#options.finishWithinMs })
    await this.#line.close()
    this.#require()
    await this.#events.adopt()
    this.#state = 'adopted'
    this.#events.ended()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#state !== 'building') return
    this.#state = 'ended'
    await this.#line.close()
    removeIndex(this.file)
    this.#events.ended()
  }

  #send(slices: Slices): void {
    const sent = this.#line.ask('add', slices, { withinMs: this.#options.addWithinMs })
    sent.catch((error: unknown) => {
      this.#failure ??= { error }
    })
    this.#waiting.push(sent)
  }

  #require(): void {
    if (this.#failure !== undefined) throw this.#failure.error
    if (this.#state !== 'building') throw new SearchError('closed', 'the building of the index has ended')
  }
}
