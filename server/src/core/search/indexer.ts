import { SearchError } from '../../ports/search/errors.ts'
import type { Mark, SearchEngine } from '../../ports/search/search.ts'
import type { Cursor, Stored } from '../../ports/store/store.ts'
import { tailNow } from '../../ports/store/tail-now.ts'
import { type ArtifactRow, artifacts } from '../artifacts/tables.ts'
import type { Core } from '../ledger/core.ts'
import { events } from '../ledger/tables.ts'
import { artifactsIn } from './artifacts-in.ts'
import { buildIndex, usesLate } from './build-index.ts'
import { type IndexMark, readMark, writeMark } from './index-mark.ts'
import { changesOf, countOf } from './make-document.ts'
import { ReachAhead } from './reach-ahead.ts'

/** Events of which the artifacts are looked up at a time. */
const eventsAtOnce = 100
/** How many events are counted that are still to come. */
const mostCounted = 1_000
/** How often it is looked whether events that are there can be followed by now, ms. */
const heldUpEvery = 50
/** How often it is looked who was used, ms, and how many of these at a time. */
const usesEvery = 5_000
const usesAtOnce = 100
/** What happened before that, ms, and is not in an index yet, is long ago. */
const behindFrom = 10_000
/** After a failure, ms; twice as long after each further one. */
const waitsFrom = 500
const waitsUpTo = 5_000

/** How far an index is behind the log. */
export interface IndexLag {
  /** No further than 1,000. */
  readonly entries: number
  /** Since the first of them, ms. */
  readonly ms: number
  /** It was built. */
  readonly isReady: boolean
}

export interface IndexerOptions {
  readonly core: Core
  readonly engine: SearchEngine
  readonly name: string
  /** How often the log is looked at where nobody tells that there is more of it, ms. */
  readonly interval: number
  /** The longest that an engine that failed is left alone, ms. */
  readonly pause?: number
  readonly ready: (isReady: boolean) => void
  /** It cannot follow at present, or has much to catch up with. */
  readonly behind?: (isBehind: boolean) => void
}

/** How far an index is brought: to where its mark can stand, or to all that was committed. */
export type Reach = 'settled' | 'all'

interface Standing {
  readonly mark: Mark
  readonly at: IndexMark
}

/**
 * Keeps an index as the store is: builds it where there is none, then follows the log of events. Any number of them may follow
 * for one index: who comes late with a change sees that the mark has moved, and goes on from there.
 */
export class Indexer {
  readonly #options: IndexerOptions
  #wake: () => void = () => {}
  /** There was news since the last look. */
  #isNews = false
  /** A walk through recent uses that is under way; when the next one is due. */
  #uses: { readonly begunAt: number; readonly after: Cursor | undefined } | undefined
  #usesAgainAt = 0
  /** States of rows of which the uses are counted. Two uses may be of one time. */
  readonly #counted = new Map<string, Pick<Stored<ArtifactRow>, 'rev' | 'lastAccessedAt'>>()
  /** As the mark says from which on they are. */
  #countedFrom = 0
  #building: Promise<unknown> | undefined
  #at: IndexMark | undefined
  /** The mark of which the engine has said that others have moved it. */
  #movedFrom: Mark | undefined
  #stepping: Promise<unknown> = Promise.resolve()
  /** There are events that it cannot pass yet. */
  #isHeldUp = false
  readonly #ahead: ReachAhead

  constructor(options: IndexerOptions) {
    this.#options = options
    this.#ahead = new ReachAhead(options.core, options.engine)
  }

  get name(): string {
    return this.#options.name
  }

  /** There may be more events. */
  wake(): void {
    this.#isNews = true
    this.#wake()
  }

  /** Until the signal aborts. What fails is told and tried again, later and later. */
  async follow(signal: AbortSignal): Promise<void> {
    const { core, interval, name, pause = waitsUpTo } = this.#options
    let fails = 0
    let told = ''
    while (!signal.aborted)
      try {
        this.#isNews = false
        // What is held up for longer than a moment is not waited for.
        const isMore = await this.step(signal, this.#isHeldUp ? 'all' : 'settled')
        if (told !== '') core.telemetry.info('a search index follows again', { engine: name })
        told = ''
        fails = 0
        if (!isMore && !this.#isNews)
          await this.#rest(this.#isHeldUp ? Math.min(interval, heldUpEvery) : interval, signal)
      } catch (error) {
        if (signal.aborted) return
        // Once for as long as it is the same: what is away for a day is not told every few seconds.
        const reason = error instanceof Error ? error.message : String(error)
        if (reason === told) core.telemetry.debug('a search index cannot follow', { engine: name, reason })
        else core.telemetry.error('a search index cannot follow', error, { engine: name })
        told = reason
        // Whatever news there is: one that has failed is not asked again for each.
        await core.clock.idle(Math.min(pause, waitsFrom * 2 ** fails++), signal)
      }
  }

  /**
   * Brings the index to where the log is; does what is next.
   * @param reach `all`: at the end also to what is there and not settled, which the mark cannot pass
   * @returns whether there may be more to do at once
   */
  async step(signal: AbortSignal, reach: Reach = 'settled'): Promise<boolean> {
    // One at a time: of two, the one that has read first may be the one that writes last.
    const step = this.#stepping.then(() => this.#step(signal, reach))
    this.#stepping = step.catch(() => {})
    try {
      return await step
    } catch (error) {
      this.#options.behind?.(true)
      throw error
    }
  }

  /** Where in the log the index was when it was last looked at; it may have come further since. undefined: nobody has looked. */
  get at(): IndexMark | undefined {
    return this.#at
  }

  async #step(signal: AbortSignal, reach: Reach): Promise<boolean> {
    const { engine, ready } = this.#options
    await this.#building
    const mark = await engine.mark()
    const at = mark === undefined ? undefined : readMark(mark)
    this.#at = at
    if (mark === undefined || at === undefined) {
      ready(false)
      await this.build(signal)
      return true
    }
    ready(true)
    const followed = await this.#followEvents(mark, at)
    if (followed === undefined) return true
    if (reach === 'all' && this.#isHeldUp) {
      const { mark: stands, at: from } = followed
      if (!(await this.#ahead.reach(stands, from.position))) {
        this.#noteMoved(stands)
        return true
      }
    }
    return await this.#followUses(followed.mark, followed.at)
  }

  /** Anew, whatever there is. One at a time. @returns how many artifacts it has */
  async build(signal: AbortSignal, told?: (artifacts: number) => void): Promise<number> {
    const { core, engine, ready } = this.#options
    await this.#building?.catch(() => {})
    const begunAt = core.clock.monotonic()
    const building = buildIndex(core, engine, signal, told)
    this.#building = building.catch(() => {})
    const count = await building
    const ms = Math.round(core.clock.monotonic() - begunAt)
    core.telemetry.info('a search index was built', { engine: this.name, artifacts: count, ms })
    this.#building = undefined
    ready(true)
    return count
  }

  /** @throws StoreError, SearchError */
  async lag(): Promise<IndexLag> {
    const { core, engine } = this.#options
    const mark = await engine.mark()
    const at = mark === undefined ? undefined : readMark(mark)
    if (at === undefined) return { entries: 0, ms: 0, isReady: false }
    const entries = await tailNow(core.store, events, { after: at.position, limit: mostCounted })
    const [first] = entries
    const ms = first === undefined ? 0 : Math.max(0, core.clock.now() - first.row.at)
    return { entries: entries.length, ms, isReady: true }
  }

  /** @returns where it has come to; undefined: not to the end of the log */
  async #followEvents(mark: Mark, at: IndexMark): Promise<Standing | undefined> {
    const { core, engine, behind } = this.#options
    const page = await tailNow(core.store, events, { after: at.position, limit: eventsAtOnce })
    const entries = page.filter(({ isSettled }) => isSettled)
    this.#isHeldUp = entries.length < page.length
    const last = entries.at(-1)
    if (last === undefined) {
      behind?.(false)
      return { mark, at }
    }
    const ids = artifactsIn(entries.map(({ row }) => row))
    const changes = ids.length === 0 ? [] : await changesOf(core, ids)
    const next = { ...at, position: last.at }
    const moved = writeMark(next)
    if ((await engine.apply(changes, mark, moved)) === 'moved') {
      this.#noteMoved(mark)
      return undefined
    }
    this.#at = next
    const isEnd = entries.length < eventsAtOnce
    behind?.(!isEnd && core.clock.now() - last.row.at > behindFrom)
    return isEnd ? { mark: moved, at: next } : undefined
  }

  #noteMoved(mark: Mark): void {
    if (this.#movedFrom === mark)
      throw new SearchError('unavailable', 'the engine says that its mark has moved, and it has not')
    this.#movedFrom = mark
  }

  /**
   * Downloads and views are in no log: rows say when they were used last. A walk through those that were used since the mark,
   * a page at a time; at its end the mark is moved to where it began, less what clocks of processes may differ by.
   */
  async #followUses(mark: Mark, at: IndexMark): Promise<boolean> {
    const { core, engine } = this.#options
    if (at.usedUpTo !== this.#countedFrom) {
      // Somebody else has moved it, or has built the index anew, with rows as they were before these uses.
      this.#counted.clear()
      this.#uses = undefined
      this.#countedFrom = at.usedUpTo
    }
    const now = core.clock.now()
    const left = this.#usesAgainAt - now
    // More is left where the clock was set back.
    if (this.#uses === undefined && left > 0 && left <= usesEvery) return false
    this.#uses ??= { begunAt: now, after: undefined }
    const { begunAt, after } = this.#uses
    const { rows, next } = await core.store.find(artifacts, {
      index: 'byUse',
      beyond: [at.usedUpTo],
      limit: usesAtOnce,
      ...(after !== undefined && { after }),
    })
    const used = rows.filter(({ id, rev }) => this.#counted.get(id)?.rev !== rev)
    if (used.length > 0 && (await engine.apply(used.map(countOf), mark, mark)) === 'moved') return true
    for (const { id, rev, lastAccessedAt } of used) this.#counted.set(id, { rev, lastAccessedAt })
    this.#uses = next === undefined ? undefined : { begunAt, after: next }
    if (next !== undefined) return true
    this.#usesAgainAt = now + usesEvery
    const usedUpTo = begunAt - usesLate
    for (const [id, { lastAccessedAt }] of this.#counted)
      if (lastAccessedAt <= usedUpTo) this.#counted.delete(id)
    if (usedUpTo - at.usedUpTo < usesLate) return false
    if ((await engine.apply([], mark, writeMark({ ...at, usedUpTo }))) === 'applied')
      this.#countedFrom = usedUpTo
    return false
  }

  async #rest(ms: number, signal: AbortSignal): Promise<void> {
    const woken = new AbortController()
    this.#wake = () => woken.abort()
    await this.#options.core.clock.idle(ms, AbortSignal.any([signal, woken.signal]))
    this.#wake = () => {}
  }
}
