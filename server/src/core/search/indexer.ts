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
import { shownRows } from './shown-rows.ts'

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

interface Step {
  /** There may be more to do at once. */
  readonly isMore: boolean
  readonly at: IndexMark | undefined
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
  /** Of the index that they were told. */
  #countedIn: Pick<IndexMark, 'build' | 'usedUpTo'> | undefined
  /** Never rejects. */
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
    return (await this.#inTurn(signal, reach)).isMore
  }

  /** Brings the index to all that was committed. @returns where its mark stands then; undefined: the signal was aborted before */
  async catchUp(signal: AbortSignal): Promise<IndexMark | undefined> {
    while (!signal.aborted) {
      const { isMore, at } = await this.#inTurn(signal, 'all')
      if (!isMore) return at
    }
    return undefined
  }

  async #inTurn(signal: AbortSignal, reach: Reach): Promise<Step> {
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

  /**
   * Where in the log the index was when it was last looked at: it may have come further since, and another one may be in its
   * place. undefined: nobody has looked.
   */
  get at(): IndexMark | undefined {
    return this.#at
  }

  /** As the engine says; undefined: the index is to be built. @throws SearchError */
  async atNow(): Promise<IndexMark | undefined> {
    const mark = await this.#options.engine.mark()
    return mark === undefined ? undefined : readMark(mark)
  }

  async #step(signal: AbortSignal, reach: Reach): Promise<Step> {
    const { engine, ready } = this.#options
    const mark = await engine.mark()
    const at = mark === undefined ? undefined : readMark(mark)
    this.#at = at
    if (mark === undefined || at === undefined) {
      ready(false)
      // Somebody may be at it.
      await (this.#building ?? this.build(signal))
      return { isMore: true, at: undefined }
    }
    // Also while another one is built to take its place: it is what is asked.
    ready(true)
    const followed = await this.#followEvents(mark, at)
    if (followed === undefined) return { isMore: true, at }
    const { mark: stands, at: from } = followed
    if (reach === 'all' && this.#isHeldUp && !(await this.#ahead.reach(stands, from.position))) {
      this.#noteMoved(stands)
      return { isMore: true, at }
    }
    return { isMore: await this.#followUses(stands, from), at: from }
  }

  /** Anew, whatever there is. One at a time. @returns how many artifacts it has */
  async build(signal: AbortSignal, told?: (artifacts: number) => void): Promise<number> {
    const { core, engine, ready } = this.#options
    while (this.#building !== undefined) await this.#building
    const begunAt = core.clock.monotonic()
    const building = buildIndex(core, engine, signal, told)
    const ended = (): void => {
      this.#building = undefined
    }
    this.#building = building.then(ended, ended)
    const count = await building
    const ms = Math.round(core.clock.monotonic() - begunAt)
    core.telemetry.info('a search index was built', { engine: this.name, artifacts: count, ms })
    ready(true)
    return count
  }

  /** @throws StoreError, SearchError */
  async lag(): Promise<IndexLag> {
    const { core } = this.#options
    const at = await this.atNow()
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
    if (at.usedUpTo !== this.#countedIn?.usedUpTo || at.build !== this.#countedIn.build) {
      // Somebody else has moved it, or the index was built anew, with rows as they were before these uses.
      this.#counted.clear()
      this.#uses = undefined
      this.#countedIn = at
    }
    const now = core.clock.now()
    if (at.usedUpTo > now) {
      // A clock was ahead: what is used until then would be counted by nobody.
      await engine.apply([], mark, writeMark({ ...at, usedUpTo: now - usesLate }))
      return true
    }
    const left = this.#usesAgainAt - now
    // More is left where the clock was set back.
    if (this.#uses === undefined && left > 0 && left <= usesEvery) return false
    this.#uses ??= { begunAt: now, after: undefined }
    const { begunAt, after } = this.#uses
    const { rows, next: more } = await core.store.find(artifacts, {
      index: 'byUse',
      beyond: [at.usedUpTo],
      limit: usesAtOnce,
      ...(after !== undefined && { after }),
    })
    const used = rows.filter(({ id, rev }) => this.#counted.get(id)?.rev !== rev)
    if (used.length > 0) {
      const counts = (await shownRows(core, used)).map(({ row }) => countOf(row))
      if ((await engine.apply(counts, mark, mark)) === 'moved') return true
    }
    for (const { id, rev, lastAccessedAt } of used) this.#counted.set(id, { rev, lastAccessedAt })
    this.#uses = more === undefined ? undefined : { begunAt, after: more }
    if (more !== undefined) return true
    this.#usesAgainAt = now + usesEvery
    const usedUpTo = Math.min(begunAt, now) - usesLate
    for (const [id, { lastAccessedAt }] of this.#counted)
      if (lastAccessedAt <= usedUpTo) this.#counted.delete(id)
    if (usedUpTo - at.usedUpTo < usesLate) return false
    const next = { ...at, usedUpTo }
    if ((await engine.apply([], mark, writeMark(next))) === 'applied') this.#countedIn = next
    return false
  }

  async #rest(ms: number, signal: AbortSignal): Promise<void> {
    const woken = new AbortController()
    this.#wake = () => woken.abort()
    await this.#options.core.clock.idle(ms, AbortSignal.any([signal, woken.signal]))
    this.#wake = () => {}
  }
}
