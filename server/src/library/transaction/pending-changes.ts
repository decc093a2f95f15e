import type { Artifacts } from '../../boot/compose/artifacts.ts'
import type { Composed } from '../../boot/compose.ts'
import { requireArtifact } from '../../core/artifacts/require-artifact.ts'
import { artifacts } from '../../core/artifacts/tables.ts'
import { files, type UploadRow, uploads } from '../../core/content/tables.ts'
import { abandon } from '../../core/content/write-upload.ts'
import type { Caller } from '../../core/ledger/caller.ts'
import type { Core } from '../../core/ledger/core.ts'
import { Ledger } from '../../core/ledger/ledger.ts'
import { isRegistryError, RegistryError } from '../../domain/error.ts'
import { newBatchId } from '../../ports/store/batch-id.ts'
import { check } from '../../ports/store/change.ts'
import {
  type BatchId,
  type Change,
  type Outcome,
  type Store,
  type Survives,
  storeLimits,
} from '../../ports/store/store.ts'
import type { OverlayStore } from '../engines/tools.ts'
import { ConflictError, ValidationError } from '../errors.ts'
import {
  type Attempt,
  attempted,
  attemptedAgain,
  clockOfAttempts,
  currentAttempt,
  randomOfAttempts,
} from './attempt.ts'
import { FirstSight } from './first-sight.ts'
import { isKnownToPeople, SeenRows } from './seen-rows.ts'
import { writeOverlay } from './write-overlay.ts'

export interface PendingParts {
  readonly composed: Composed
  readonly caller: Caller
  readonly openOverlay: (base: Store) => OverlayStore
}

/** Bytes are on their way whatever becomes of the transaction, and files have their rows before their first byte. */
const onTheirWay: ReadonlySet<string> = new Set([files.name, uploads.name, 'jobs'])

/** Others may come in between as often as this, each time in rows that people do not know of. */
const lostRaces = 20

/**
 * What a transaction has changed and nobody else sees. `artifacts` does to it what the registry's own do to the store, by
 * the same code.
 *
 * Its batch may fail on rows of which nobody outside knows, such as the count of a topic that two transactions were the
 * first to use. As the ledger does with a batch of one change, all is decided again then, upon what is there by now; and
 * as whatever was read of what people know of must be as it was, that comes to the same.
 */
export class PendingChanges {
  readonly artifacts: Artifacts
  /** Others must leave the artifact as it is now. @throws RegistryError `artifact-unknown` */
  readonly watch: (id: string) => Promise<void>
  readonly #composed: Composed
  readonly #openOverlay: PendingParts['openOverlay']
  readonly #ledger: Ledger
  readonly #seen = new SeenRows()
  readonly #done: Attempt[] = []
  /** Of this transaction, that hold files. */
  readonly #uploads = new Map<string, UploadRow>()
  #overlay: OverlayStore
  #firstSight: FirstSight
  #batch: BatchId | undefined
  #isReplaying = false
  #hasEvents = false
  #replaces = false

  constructor({ composed, caller, openOverlay }: PendingParts) {
    this.#composed = composed
    this.#openOverlay = openOverlay
    this.#overlay = this.#freshOverlay()
    this.#firstSight = this.#freshSight()
    const { core, journal } = composed
    const store = this.#store()
    this.#ledger = new Ledger({
      store,
      clock: core.clock,
      random: core.random,
      journal,
      telemetry: core.telemetry,
      published: () => {
        this.#hasEvents = true
      },
      heardByAll: async () => {
        this.#replaces = true
      },
      commitRetries: core.limits.commitRetries,
    })
    const ledger: Core['ledger'] = {
      change: (by, decide) => attempted(by, decide, (once) => this.#ledger.change(by, once)),
      keep: (decide, survives) => attempted(undefined, decide, (once) => this.#ledger.keep(once, survives)),
    }
    const clock = clockOfAttempts(core.clock)
    this.artifacts = composed.artifactsOver({ store, ledger, clock, random: randomOfAttempts(core.random) })
    this.watch = (id) =>
      ledger.change(caller, async () => {
        const { rev } = await requireArtifact({ store }, id)
        return { value: undefined, changes: [check(artifacts, [id], rev)] }
      })
  }

  /**
   * All of it as one batch, or nothing. What fails as `unavailable` or `unknown-outcome` can be tried again; anything else
   * is the end, and then it is to be given up.
   * @throws ConflictError; ValidationError: it is more than one batch holds; RegistryError `quota-exceeded`,
   *   `unavailable`, `storage-full`, `unknown-outcome`
   */
  async write(): Promise<void> {
    const { core, journal, events, heardByAll } = this.#composed
    for (let lost = 0; ; lost++) {
      if (this.#firstSight.isLost) throw lostRace()
      this.#batch ??= this.#newId()
      const outcome = await writeOverlay(this.#overlay, this.#batch, core.clock)
      if (outcome.ok) break
      if (outcome.why === 'too-large') throw tooLarge(outcome.changes, outcome.bytes)
      if (isKnownToPeople(outcome.table) || lost >= lostRaces) throw lostRace()
      await this.#decideAgain()
    }
    journal.wake()
    if (this.#hasEvents) events.publish()
    if (this.#replaces) await heardByAll?.()
  }

  /** Nothing of it becomes visible, and the files that it has filled go. Does not throw. */
  async giveUp(): Promise<void> {
    const { core } = this.#composed
    await this.#overlay.discard()
    for (const [id, row] of this.#uploads) {
      await abandon(core, { id, holder: row.holder, row }).catch((error: unknown) => {
        // It came to nothing, or to something, before.
        if (isRegistryError(error, 'upload-unknown')) return
        core.telemetry.error('what a transaction has staged is kept until its upload expires', error, {
          upload: id,
        })
      })
    }
    this.#uploads.clear()
  }

  async #decideAgain(): Promise<void> {
    await this.#overlay.discard()
    this.#overlay = this.#freshOverlay()
    this.#firstSight = this.#freshSight()
    this.#batch = undefined
    this.#seen.insist()
    this.#isReplaying = true
    try {
      for (const attempt of this.#done) {
        const { caller } = attempt
        await attemptedAgain(attempt, (decide) =>
          caller === undefined ? this.#ledger.keep(decide) : this.#ledger.change(caller, decide),
        )
      }
    } catch (error) {
      if (error instanceof RegistryError && passed.has(error.code)) throw error
      throw lostRace(error)
    }
  }

  #freshOverlay(): OverlayStore {
    return this.#openOverlay(this.#seen.over(this.#composed.store))
  }

  #freshSight(): FirstSight {
    return new FirstSight(this.#seen, this.#overlay, () => this.#newId())
  }

  #newId(): BatchId {
    const { clock, random } = this.#composed.core
    return newBatchId(clock.now(), (length) => random.bytes(length))
  }

  /** What the transaction's own core works with. */
  #store(): Store {
    return {
      can: this.#composed.store.can,
      get: (table, key, from) => this.#overlay.get(table, key, from),
      getMany: (table, keys) => this.#overlay.getMany(table, keys),
      find: (table, query) => this.#overlay.find(table, query),
      count: (table, query) => this.#overlay.count(table, query),
      tail: (log, after, limit) => this.#overlay.tail(log, after, limit),
      last: (log) => this.#overlay.last(log),
      commit: (id, changes, survives) => this.#commit(id, changes, survives),
      close: async () => undefined,
    }
  }

  async #commit(id: BatchId, changes: readonly Change[], survives: Survives | undefined): Promise<Outcome> {
    if (changes.every((change) => change.do !== 'append' && onTheirWay.has(change.table.name))) {
      this.#noteUploads(changes)
      return await this.#composed.store.commit(id, changes, survives)
    }
    await this.#firstSight.guard(changes)
    const outcome = await this.#overlay.commit(id, changes)
    if (!outcome.ok && (await this.#firstSight.isOutdated(changes, this.#composed.store))) throw lostRace()
    const attempt = currentAttempt()
    if (outcome.ok && attempt !== undefined && !this.#isReplaying) this.#done.push(attempt)
    return outcome
  }

  /** Before they are written: one too many is found to be none when it is given up. */
  #noteUploads(changes: readonly Change[]): void {
    for (const change of changes) {
      if (!('table' in change) || change.table.name !== uploads.name) continue
      if (change.do === 'insert' || change.do === 'put') {
        const row = change.row as UploadRow
        if (row.file !== '') this.#uploads.set(row.id, row)
      }
    }
  }
}

/** What says nothing of a race. */
const passed: ReadonlySet<string> = new Set([
  'quota-exceeded',
  'unavailable',
  'storage-full',
  'unknown-outcome',
])

function lostRace(cause?: unknown): ConflictError {
  return new ConflictError(
    'others have changed what the transaction has read or changed; nothing of it was written: begin it again',
    { cause },
  )
}

function tooLarge(changes: number, bytes: number): ValidationError {
  const { changesPerBatch, bytesPerBatch } = storeLimits
  return new ValidationError(
    `the transaction comes to ${changes} rows of ${bytes} bytes; at most ${changesPerBatch} rows and ${bytesPerBatch} bytes can be written at once`,
  )
}
