import { setMaxListeners } from 'node:events'
import type { Db, MongoClient } from 'mongodb'
import { SearchError } from '../../../ports/search/errors.ts'
import type { MongodbAddress } from '../../shared/mongodb-address.ts'
import { connect } from '../../shared/mongodb-connect.ts'
import { searchErrorOf } from './search-error-of.ts'
import { type SearchWaits, usualSearchPool } from './search-options.ts'

/** What one question is asked with: each of its commands takes what is left of its time. */
export interface Asking {
  readonly db: Db
  /** For every command that reads. */
  options(): { readonly maxTimeMS: number; readonly signal: AbortSignal }
}

/** What a change is made with. */
export interface Changing {
  readonly db: Db
  /** For every command. */
  readonly options: { readonly maxTimeMS: number }
}

/** The connections of an engine. */
export class SearchConnection {
  readonly #client: MongoClient
  readonly #db: Db
  readonly #waits: SearchWaits
  readonly #closing = new AbortController()

  constructor(client: MongoClient, db: Db, waits: SearchWaits) {
    this.#client = client
    this.#db = db
    this.#waits = waits
    // As many as there are changes under way.
    setMaxListeners(0, this.#closing.signal)
  }

  /** Throws SearchError, in whose message neither the URL nor anything of it but hosts stands. */
  static async open(address: MongodbAddress, waits: SearchWaits): Promise<SearchConnection> {
    const { connectMs, queueMs, changeMs } = waits
    try {
      const { client, db } = await connect({
        maxPool: usualSearchPool,
        ...address,
        waits: { connect: connectMs, pool: queueMs, operation: changeMs, migration: changeMs },
      })
      return new SearchConnection(client, db, waits)
    } catch (error) {
      throw searchErrorOf(error)
    }
  }

  /** The signal ends the wait at once, and what the server does for it soon after. Throws SearchError. */
  async ask<T>(work: (asking: Asking) => Promise<T>, signal?: AbortSignal): Promise<T> {
    this.requireOpen()
    signal?.throwIfAborted()
    const { queryMs } = this.#waits
    const end = performance.now() + queryMs
    const late = AbortSignal.timeout(queryMs)
    const ended = AbortSignal.any([late, this.#closing.signal, ...(signal === undefined ? [] : [signal])])
    const options = () => ({
      maxTimeMS: Math.max(1, Math.ceil(end - performance.now())),
      signal: ended,
    })
    try {
      return await unlessAborted(work({ db: this.#db, options }), ended)
    } catch (error) {
      signal?.throwIfAborted()
      if (late.aborted && !(error instanceof SearchError))
        throw new SearchError('timeout', `MongoDB gave no answer within ${queryMs} ms`, { cause: error })
      throw this.#errorOf(error)
    }
  }

  /** Throws SearchError. */
  async change<T>(work: (changing: Changing) => Promise<T>): Promise<T> {
    this.requireOpen()
    try {
      const working = work({ db: this.#db, options: { maxTimeMS: this.#waits.changeMs } })
      return await unlessAborted(working, this.#closing.signal)
    } catch (error) {
      throw this.#errorOf(error)
    }
  }

  requireOpen(): void {
    if (this.#closing.signal.aborted) throw new SearchError('closed', 'the search engine was closed')
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return
    this.#closing.abort()
    await this.#client.close()
  }

  #errorOf(error: unknown): SearchError {
    // What was under way when it was closed fails by that.
    if (!(error instanceof SearchError)) this.requireOpen()
    return searchErrorOf(error)
  }
}

async function unlessAborted<T>(running: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const onAbort = (): void => reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([running, promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
