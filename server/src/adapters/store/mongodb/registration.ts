import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { Db } from 'mongodb'
import { StoreError } from '../../../ports/store/errors.ts'
import { serverTime } from '../../shared/mongodb-connect.ts'
import { storeErrorOf } from '../../shared/mongodb-store-error-of.ts'
import { alive, type Collections } from './collections.ts'
import type { MongodbWaits } from './options.ts'

export interface RegistrationParts {
  readonly db: Db
  readonly collections: Collections
  readonly waits: MongodbWaits
  /** Of the schema that this process works with. */
  readonly version: number
}

export interface LiveProcess {
  readonly id: string
  readonly version: number
  readonly who: string
}

/**
 * That a process works at a version of the schema, with a sign of life now and then. Whoever changes tables waits for all
 * of other versions, and whoever gives no sign of life does not work: neither relies on the clocks of two machines.
 */
export class Registration implements AsyncDisposable {
  readonly #parts: RegistrationParts
  readonly #id = randomUUID()
  /** When the last sign of life that came through was sent, of `performance.now()`. */
  #seen = Number.NEGATIVE_INFINITY
  #trouble: StoreError | undefined
  #timer: NodeJS.Timeout | undefined
  #beating: Promise<void> | undefined

  private constructor(parts: RegistrationParts) {
    this.#parts = parts
  }

  /** undefined: somebody is about to change tables, or has. Throws StoreError and errors of the driver. */
  static async begin(parts: RegistrationParts): Promise<Registration | undefined> {
    const registration = new Registration(parts)
    if (!(await registration.#enter())) return undefined
    registration.#beatLater()
    return registration
  }

  /** Throws StoreError where this process may neither read nor write. */
  refuseUnfit(): void {
    const { fresh } = this.#parts.waits
    if (performance.now() - this.#seen <= fresh) return
    throw (
      this.#trouble ??
      new StoreError('transient', `the database has taken no sign of life of this process for ${fresh} ms`)
    )
  }

  /** Leaves the list of those who work, as far as the database answers. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    await this.#beating
    this.#seen = Number.NEGATIVE_INFINITY
    // Where it fails, the entry counts as dead after a while.
    await this.#leave().catch(() => undefined)
  }

  #beatLater(): void {
    this.#timer = setTimeout(() => {
      this.#beating = this.#beat()
        .catch((error: unknown) => this.#note(error))
        .finally(() => {
          if (this.#timer !== undefined) this.#beatLater()
        })
    }, this.#parts.waits.beat)
    this.#timer.unref()
  }

  async #beat(): Promise<void> {
    const sent = performance.now()
    const { collections, waits, version } = this.#parts
    const { matchedCount } = await collections.processes.updateOne({ _id: this.#id }, alive, {
      maxTimeMS: waits.operation,
    })
    if (matchedCount === 1) {
      this.#seen = sent
      return
    }
    // It was taken for dead, so that tables may have changed meanwhile.
    this.#seen = Number.NEGATIVE_INFINITY
    if (!(await this.#enter()))
      this.#trouble = new StoreError(
        'permanent',
        `the tables have left version ${version}, with which this process works: restart it with the release that the others run`,
      )
  }

  /** First the entry, then a look at the tables: who changes them does the same the other way round. */
  async #enter(): Promise<boolean> {
    const sent = performance.now()
    const { collections, waits, version } = this.#parts
    await collections.processes.updateOne(
      { _id: this.#id },
      { $set: { version, who: `process ${process.pid} on ${hostname()}` }, ...alive },
      { upsert: true, maxTimeMS: waits.operation },
    )
    const found = await collections.schema.findOne({ _id: 'schema' }, { maxTimeMS: waits.operation })
    const fits = found?.version === version && found.announced === undefined && found.changing === undefined
    if (!fits) {
      await this.#leave()
      return false
    }
    this.#seen = sent
    this.#trouble = undefined
    return true
  }

  async #leave(): Promise<void> {
    const { collections, waits } = this.#parts
    await collections.processes.deleteOne({ _id: this.#id }, { maxTimeMS: waits.operation })
  }

  #note(error: unknown): void {
    const told = storeErrorOf(error)
    // Denied: no sign of life may be given any more, which it says better than that there was none.
    this.#trouble = told instanceof StoreError && told.kind === 'denied' ? told : undefined
  }
}

/** Those that may still work, the dead removed from the list. */
export async function liveProcesses({
  db,
  collections,
  waits,
}: Omit<RegistrationParts, 'version'>): Promise<LiveProcess[]> {
  const now = await serverTime(db)
  const live: LiveProcess[] = []
  for (const { _id, version, who, beat, beats } of await collections.processes.find().toArray()) {
    const dead = beat !== undefined && beats !== undefined && now - beat.getTime() > waits.dead
    // Only as it was seen: it may just have come back.
    const removed = dead && (await collections.processes.deleteOne({ _id, beats })).deletedCount === 1
    if (!removed) live.push({ id: _id, version, who })
  }
  return live
}
