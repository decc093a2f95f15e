import type { Digest } from '../../domain/digest.ts'
import { insert, patch } from '../../ports/store/change.ts'
import type { Change } from '../../ports/store/store.ts'
import { addStatistics } from '../artifacts/keep-artifact.ts'
import { artifacts } from '../artifacts/tables.ts'
import { manifests, pulls } from '../catalog/tables.ts'
import type { Core } from '../ledger/core.ts'

/** A manifest that is pulled. Pulls are counted by the object: whoever keeps one spares the look-up by its names. */
export interface Pulled {
  /** The repository's id. */
  readonly repository: string
  readonly digest: Digest
}

/** Two changes each where the manifest is pulled for the first time: as many as fit into a batch. */
const rowsPerBatch = 500

/**
 * How often manifests are pulled, counted in memory and written every `limits.pullFlushInterval`. One of the named
 * exceptions to "acknowledged is durable": what was counted since the last time does not survive the process.
 *
 * Each thread that answers requests has its own; what they write adds up.
 */
export class Pulls {
  readonly #core: Core
  readonly #closing = new AbortController()
  #counts = new Map<Pulled, number>()
  #flushing: Promise<void> | undefined
  #isWaiting = false
  #lost = 0

  constructor(core: Core) {
    this.#core = core
  }

  /** Costs a look-up; writes nothing itself. */
  count(pulled: Pulled): void {
    const count = this.#counts.get(pulled)
    if (count === undefined) this.#begin(pulled, 1)
    else this.#counts.set(pulled, count + 1)
  }

  /** Writes what was counted until now; joins a writing that is under way. Does not throw: what fails is tried again. */
  flush(): Promise<void> {
    this.#flushing ??= this.#write().finally(() => {
      this.#flushing = undefined
    })
    return this.#flushing
  }

  /** Writes what is left. Nothing is to be counted afterwards. */
  async close(): Promise<void> {
    this.#closing.abort()
    await this.#flushing
    await this.flush()
    if (this.#counts.size > 0) this.#tell('pulls were counted and could not be written', this.#counts.size)
  }

  #begin(pulled: Pulled, count: number): void {
    if (this.#counts.size >= this.#core.limits.pullsHeld) {
      void this.flush()
      // The last ones are still being written.
      if (this.#counts.size >= this.#core.limits.pullsHeld) {
        this.#lost += count
        return
      }
    }
    this.#counts.set(pulled, count)
    if (!this.#isWaiting) void this.#flushUntilEmpty()
  }

  /** While nobody pulls there is no timer. */
  async #flushUntilEmpty(): Promise<void> {
    const { clock, limits } = this.#core
    this.#isWaiting = true
    while (this.#counts.size > 0 && !this.#closing.signal.aborted) {
      await clock.idle(limits.pullFlushInterval, this.#closing.signal)
      if (!this.#closing.signal.aborted) await this.flush()
    }
    this.#isWaiting = false
  }

  async #write(): Promise<void> {
    const taken = this.#counts
    this.#counts = new Map()
    const merged = [...merge(taken).values()]
    for (let at = 0; at < merged.length; at += rowsPerBatch) {
      try {
        const some = merged.slice(at, at + rowsPerBatch)
        await this.#writeRows(some)
        await this.#writeDownloads(some)
      } catch (error) {
        this.#core.telemetry.warn('pulls could not be written; they are tried again', {
          manifests: merged.length - at,
          reason: error instanceof Error ? error.message : String(error),
        })
        for (const { pulled, count } of merged.slice(at)) this.#begin(pulled, count)
        break
      }
    }
    if (this.#lost > 0) {
      this.#tell(
        'pulls were not counted: there is no room for more until the last ones are written',
        this.#lost,
      )
      this.#lost = 0
    }
  }

  async #writeRows(counts: readonly Counted[]): Promise<void> {
    const { store, ledger, clock } = this.#core
    const keys = counts.map(({ pulled }) => [pulled.repository, pulled.digest])
    await ledger.keep(async () => {
      const [alive, known] = await Promise.all([store.getMany(manifests, keys), store.getMany(pulls, keys)])
      const changes: Change[] = []
      for (const [at, { pulled, count }] of counts.entries()) {
        // Deleted since: it takes no more part in anything.
        if (alive[at] === undefined) continue
        const { repository, digest } = pulled
        const row = known[at]
        const lastAt = Math.max(clock.now(), row?.lastAt ?? 0)
        if (row !== undefined) {
          changes.push(
            patch(pulls, [repository, digest], {
              add: { pulls: count },
              set: { lastAt },
              when: { lastAt: { lte: lastAt } },
            }),
          )
        } else {
          // The manifest's row is written too, so that its deletion, which takes the pulls along, has seen them.
          changes.push(
            insert(pulls, { repository, digest, pulls: count, lastAt }),
            patch(manifests, [repository, digest], { add: { refs: 0 } }),
          )
        }
      }
      return { value: undefined, changes }
    })
  }

  /** A pull is a download of the artifact. These numbers are for people: what cannot be written is forgotten. */
  async #writeDownloads(counts: readonly Counted[]): Promise<void> {
    const { store, ledger, clock, telemetry } = this.#core
    const sums = new Map<string, number>()
    for (const { pulled, count } of counts)
      sums.set(pulled.repository, (sums.get(pulled.repository) ?? 0) + count)
    for (const [repository, downloads] of sums) {
      try {
        await ledger.keep(async () => {
          const row = await store.get(artifacts, { unique: 'repository', values: [repository] })
          const changes = row === undefined ? [] : addStatistics(row, { downloads }, clock.now())
          return { value: undefined, changes }
        }, 'process')
      } catch (error) {
        telemetry.error('downloads of an artifact were not counted', error, { repository, downloads })
      }
    }
  }

  #tell(message: string, count: number): void {
    this.#core.telemetry.warn(message, { count })
  }
}

interface Counted {
  readonly pulled: Pulled
  count: number
}

/** One manifest is known under several tags, and read anew after each change: its counts become one. */
function merge(counts: ReadonlyMap<Pulled, number>): Map<string, Counted> {
  const merged = new Map<string, Counted>()
  for (const [pulled, count] of counts) {
    const key = `${pulled.repository} ${pulled.digest}`
    const sum = merged.get(key)
    if (sum === undefined) merged.set(key, { pulled, count })
    else sum.count += count
  }
  return merged
}
