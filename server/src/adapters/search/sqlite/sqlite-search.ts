import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { SearchError } from '../../../ports/search/errors.ts'
import type {
  CompletionQuery,
  EngineAnswer,
  EngineQuery,
  HavingQuery,
  IndexChange,
  Mark,
  Rebuilding,
  SearchEngine,
  SimilarQuery,
  SimilarWord,
} from '../../../ports/search/search.ts'
import { inSlices } from './in-slices.ts'
import { unpackAnswer } from './packed-answer.ts'
import { ReaderThreads } from './reader-threads.ts'
import { Rebuild } from './rebuild.ts'
import type { SqliteSearchBounds } from './search-bounds.ts'
import { startThread } from './start-thread.ts'
import type { ReaderCalls, WriterCalls } from './thread-calls.ts'
import { ThreadLine } from './thread-line.ts'

const emptyAnswer = { hits: [], total: 0, documents: 0 }

/** The serving side: it passes questions to threads, and sees to it that all of them are of one index. */
export class SqliteSearch implements SearchEngine {
  readonly can = { shared: false, durable: true }
  readonly #bounds: SqliteSearchBounds
  readonly #writer: ThreadLine<WriterCalls>
  readonly #building = new Set<Rebuild>()
  /** What writes, one after the other: a new index takes its place between two changes. */
  #turn: Promise<unknown> = Promise.resolve()
  #readers: ReaderThreads | undefined
  /** The index was found damaged: until it is built anew nothing is answered from it. */
  #damage: SearchError | undefined
  #isClosed = false

  #opening: Promise<void> | undefined

  /** What is on the disk is opened by who asks first. */
  constructor(bounds: SqliteSearchBounds) {
    const { folder, cacheKib, waiting } = bounds
    this.#bounds = bounds
    this.#writer = new ThreadLine(
      (shared) => startThread('search-writer-thread', { ...shared, folder, cacheKib }),
      waiting,
    )
  }

  async mark(): Promise<Mark | undefined> {
    await this.#opened()
    if (this.#damage !== undefined) return undefined
    return await this.#watched(this.#writer.ask('mark', null, { withinMs: this.#bounds.applyWithinMs }))
  }

  async apply(changes: readonly IndexChange[], from: Mark, to: Mark): Promise<'applied' | 'moved'> {
    await this.#opened()
    const slices = await inSlices(changes)
    return await this.#inTurn(async () => {
      if (this.#damage !== undefined) return 'moved'
      const wait = { withinMs: this.#bounds.applyWithinMs }
      return await this.#watched(this.#writer.ask('apply', { changes: slices, from, to }, wait))
    })
  }

  async rebuild(): Promise<Rebuilding> {
    await this.#opened()
    const file = join(this.#bounds.folder, `index-${randomUUID()}.db`)
    const rebuild: Rebuild = new Rebuild(
      { ...this.#bounds, file },
      {
        adopt: () => this.#inTurn(() => this.#adopt(file)),
        ended: () => this.#building.delete(rebuild),
      },
    )
    this.#building.add(rebuild)
    return rebuild
  }

  async query(query: EngineQuery, signal: AbortSignal): Promise<EngineAnswer> {
    const answer = await this.#asked('query', query, signal)
    if (answer !== undefined) return await this.#watched(Promise.resolve(answer).then(unpackAnswer))
    return {
      ...emptyAnswer,
      facets: Object.fromEntries(query.facets.map((facet) => [facet, []])),
    }
  }

  async having(query: HavingQuery, signal: AbortSignal): Promise<readonly number[]> {
    return (await this.#asked('having', query, signal)) ?? query.clauses.map(() => 0)
  }

  async complete(query: CompletionQuery, signal: AbortSignal): Promise<readonly string[]> {
    return (await this.#asked('complete', query, signal)) ?? []
  }

  async similar(query: SimilarQuery, signal: AbortSignal): Promise<readonly (readonly SimilarWord[])[]> {
    return (await this.#asked('similar', query, signal)) ?? query.words.map(() => [])
  }

  async list(after: string | undefined, limit: number): Promise<readonly { id: string; version: number }[]> {
    return (await this.#asked('list', { after, limit })) ?? []
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all([...this.#building].map((rebuild) => rebuild[Symbol.asyncDispose]()))
    // The last connection brings the log into the database, and only the writer may.
    await this.#readers?.close()
    await this.#writer.close()
  }

  /** Undefined: there is no index yet. */
  async #asked<K extends keyof ReaderCalls>(
    call: K,
    asked: ReaderCalls[K]['asked'],
    signal?: AbortSignal,
  ): Promise<ReaderCalls[K]['answer'] | undefined> {
    signal?.throwIfAborted()
    await this.#opened()
    if (this.#damage !== undefined) throw this.#damage
    const wait = { withinMs: this.#bounds.answerWithinMs, ...(signal && { signal }) }
    const readers = this.#readers
    return readers && (await this.#watched(readers.ask(call, asked, wait)))
  }

  /** What keeps it from being opened, such as a disk without room, may pass: who asks next tries again. */
  async #opened(): Promise<void> {
    this.#requireOpen()
    this.#opening ??= this.#open().catch((error: unknown) => {
      this.#opening = undefined
      throw error
    })
    await this.#opening
    this.#requireOpen()
  }

  async #open(): Promise<void> {
    const file = await this.#writer.ask('open', null, { withinMs: this.#bounds.applyWithinMs })
    if (file === undefined || this.#isClosed) return
    this.#readers = this.#readersOf(file)
    // They load while other things come up; who asks before, waits.
    this.#readers
      .ready({ withinMs: this.#bounds.finishWithinMs })
      .catch((error: unknown) => this.#noteDamage(error))
  }

  /** The new index is asked from now on; who asks the old one has its answer yet. */
  async #adopt(file: string): Promise<void> {
    this.#requireOpen()
    const readers = this.#readersOf(file)
    const { finishWithinMs, applyWithinMs } = this.#bounds
    try {
      await readers.ready({ withinMs: finishWithinMs })
      await this.#writer.ask('adopt', file, { withinMs: applyWithinMs })
    } catch (error) {
      await readers.close()
      throw error
    }
    const old = this.#readers
    this.#readers = readers
    this.#damage = undefined
    await old?.retire()
    const building = [...this.#building].map((rebuild) => rebuild.file)
    await this.#writer.ask('tidy', { building }, { withinMs: applyWithinMs })
  }

  #readersOf(file: string): ReaderThreads {
    return new ReaderThreads({ ...this.#bounds, file })
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(() => {
      this.#requireOpen()
      return work()
    })
    this.#turn = mine.catch(() => undefined)
    return await mine
  }

  async #watched<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer
    } catch (error) {
      this.#noteDamage(error)
      throw error
    }
  }

  /** What is damaged is forgotten on the disk too, so that it has no mark when it is opened again. */
  #noteDamage(error: unknown): void {
    const readers = this.#readers
    if (!(error instanceof SearchError) || error.kind !== 'foreign' || readers === undefined) return
    this.#damage = error
    const forgotten = this.#writer.ask('distrust', readers.file, { withinMs: this.#bounds.applyWithinMs })
    // Where it cannot be forgotten now, it is found damaged again.
    forgotten.catch(() => undefined)
  }

  #requireOpen(): void {
    if (this.#isClosed) throw new SearchError('closed', 'the search engine was closed')
  }
}
