import { RegistryError } from '../../domain/error.ts'
import { describePrincipal } from '../../domain/principal.ts'
import type { Clock } from '../../ports/clock/clock.ts'
import type { Journal, NewJob } from '../../ports/journal/journal.ts'
import type { Random } from '../../ports/random/random.ts'
import { newBatchId } from '../../ports/store/batch-id.ts'
import { append, insert } from '../../ports/store/change.ts'
import { StoreError } from '../../ports/store/errors.ts'
import {
  type BatchId,
  type Change,
  type Outcome,
  type Store,
  type Survives,
  storeLimits,
} from '../../ports/store/store.ts'
import type { Telemetry } from '../../ports/telemetry/telemetry.ts'
import { auditRow } from './audit-row.ts'
import type { Caller } from './caller.ts'
import { EntryIds } from './entry-ids.ts'
import { auditEntries, type EventRow, events } from './tables.ts'
import { storeFault } from './telling-faults.ts'

export type Action =
  | 'blob.push'
  | 'blob.mount'
  | 'blob.delete'
  | 'manifest.push'
  | 'manifest.delete'
  | 'tag.move'
  | 'tag.delete'
  | 'artifact.create'
  | 'artifact.update'
  | 'artifact.delete'
  | 'artifact.restore'
  | 'artifact.purge'
  | 'artifact.rollback'
  | 'version.publish'
  | 'version.deprecate'
  | 'version.yank'
  | 'account.create'
  | 'account.change'
  | 'account.delete'
  | 'member.set'
  | 'member.remove'
  | 'team.create'
  | 'team.delete'
  | 'team.add'
  | 'team.remove'
  | 'role.set'
  | 'role.delete'
  | 'grant.give'
  | 'grant.take'
  | 'namespace.create'
  | 'namespace.change'
  | 'namespace.transfer'
  | 'namespace.delete'
  | 'robot.create'
  | 'robot.change'
  | 'robot.delete'
  | 'key.create'
  | 'key.revoke'
  | 'password.set'
  | 'link.make'
  | 'session.begin'
  | 'session.end'
  | 'factor.add'
  | 'factor.remove'
  | 'factor.reset'
  | 'recovery.make'
  | 'recovery.use'
  | 'token.create'
  | 'token.revoke'
  | 'token.stolen'
  | 'identity.link'
  | 'identity.unlink'
  | 'device.allow'
  | 'device.refuse'
  | 'audit.expire'

/** One line of the audit log. */
export interface Deed {
  readonly action: Action
  readonly repository: string
  /** Whose it is to know of, where that is not the repository's. */
  readonly namespace?: string
  readonly target: string
  readonly before?: string
  readonly after?: string
}

export type EventKind =
  | 'manifest.pushed'
  | 'manifest.deleted'
  | 'tag.moved'
  | 'tag.deleted'
  | 'blob.deleted'
  | 'artifact.created'
  | 'artifact.updated'
  | 'artifact.deleted'
  | 'artifact.restored'
  | 'artifact.purged'
  | 'artifact.starred'
  | 'artifact.unstarred'
  | 'version.published'
  | 'collection.created'
  | 'collection.updated'
  | 'collection.deleted'
  /** Somebody may do more or less than before. */
  | 'access.changed'

export interface NewEvent extends Partial<Omit<EventRow, 'at' | 'by' | 'kind'>> {
  readonly kind: EventKind
  readonly repository: string
}

/** What a use case decided after its reads. `changes` empty: there is nothing to do, and nothing is recorded. */
export interface Plan<T> {
  readonly value: T
  readonly changes: readonly Change[]
  readonly deeds?: readonly Deed[]
  readonly events?: readonly NewEvent[]
  readonly jobs?: readonly NewJob[]
}

export interface LedgerParts {
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  readonly journal: Pick<Journal, 'enqueue' | 'wake'>
  readonly telemetry: Telemetry
  /** Called after a commit that appended events. */
  readonly published: () => void
  /**
   * Settles once no process answers as before any more. Asked after a change that takes the place of something, which
   * others may keep. Never rejects.
   */
  readonly heardByAll?: () => Promise<void>
  /** Before each decision: what decisions are made from is as it is now. undefined: it is already. Rejects with StoreError. */
  readonly ready?: () => Promise<void> | undefined
  readonly commitRetries: number
  /** False: nothing is written of who did what. */
  readonly audited?: boolean
}

/** What an entry says beside what was done: when (ms since 1970) and on whose behalf, as `describePrincipal` writes it. */
export interface Recorded {
  readonly at: number
  readonly by: string
}

export function eventRow(event: NewEvent, { at, by }: Recorded): EventRow {
  return {
    at,
    kind: event.kind,
    repository: event.repository,
    tag: event.tag ?? '',
    digest: event.digest ?? '',
    previous: event.previous ?? '',
    mediaType: event.mediaType ?? '',
    by,
    artifact: event.artifact ?? '',
    version: event.version ?? '',
  }
}

/** A new repository, namespace and content may each be made by somebody else first. */
const immediateRetries = 3

/** How often an engine's transient failure, or an unknown outcome, is tried again before the caller hears of it. */
const faultRetries = 3

/**
 * The one place that commits. A use case reads, decides and hands its decision over; where another change got in
 * between, it is asked to read and decide again.
 */
export class Ledger {
  readonly #parts: LedgerParts
  readonly #entryIds: EntryIds

  constructor(parts: LedgerParts) {
    this.#parts = parts
    this.#entryIds = new EntryIds(parts.random)
  }

  /**
   * A change that users see: its audit entries, events and jobs ride in the same batch.
   * @throws whatever `decide` throws; RegistryError `unavailable` (nothing was changed), `unknown-outcome`
   */
  async change<T>(caller: Caller, decide: () => Promise<Plan<T>>): Promise<T> {
    const by = describePrincipal(caller.principal)
    return await this.#settle('power', async () => {
      const plan = await decide()
      return plan.changes.length === 0
        ? plan
        : { ...plan, changes: [...plan.changes, ...this.#record(plan, caller, by)] }
    })
  }

  /**
   * Rows that no user sees: uploads, files on their way out, the scratch of jobs. Not audited. With `process`, what may
   * be forgotten in a power cut, as an unfinished upload may.
   */
  async keep<T>(decide: () => Promise<Plan<T>>, survives: Survives = 'power'): Promise<T> {
    return await this.#settle(survives, async () => {
      const plan = await decide()
      return plan.jobs === undefined
        ? plan
        : {
            ...plan,
            changes: [...plan.changes, ...plan.jobs.flatMap((job) => this.#parts.journal.enqueue(job))],
          }
    })
  }

  #record<T>(plan: Plan<T>, caller: Caller, by: string): Change[] {
    const at = this.#parts.clock.now()
    return [
      ...(plan.jobs ?? []).flatMap((job) => this.#parts.journal.enqueue(job)),
      ...(this.#parts.audited === false ? [] : (plan.deeds ?? [])).map((deed) =>
        insert(auditEntries, auditRow(deed, { id: this.#entryIds.next(at), at, by, caller })),
      ),
      ...(plan.events ?? []).map((event) => append(events, eventRow(event, { at, by }))),
    ]
  }

  async #settle<T>(survives: Survives, decide: () => Promise<Plan<T>>): Promise<T> {
    const { clock, random, journal, published, heardByAll, commitRetries, telemetry, ready } = this.#parts
    for (let lost = 0; ; lost++) {
      const reading = ready?.()
      if (reading !== undefined) await reading
      const plan = await decide()
      if (plan.changes.length === 0) return plan.value
      if (plan.changes.length > storeLimits.changesPerBatch) {
        const limit = storeLimits.changesPerBatch
        throw new RegistryError('too-large', { what: 'what one change touches, in rows,', limit })
      }
      const outcome = await this.#commit(plan.changes, survives)
      if (outcome.ok) {
        if (plan.jobs?.length) journal.wake()
        if (plan.events?.length) published()
        if (plan.events?.some(replaces)) await heardByAll?.()
        return plan.value
      }
      telemetry.count('lading_commit_races_total', 1, { why: outcome.why })
      if (lost >= commitRetries) {
        throw new RegistryError('unavailable', {
          reason: 'too many changes to the same thing at once',
          retryAfterMs: 1000,
        })
      }
      // The first retries go at once; after that, chance keeps the same losers from meeting again.
      if (lost >= immediateRetries) await clock.sleep(random.int(Math.min(2 ** lost, 32) + 1))
    }
  }

  /**
   * One batch to its outcome: a transient fault is tried again under a new id. Once an outcome is unknown the id stays, and
   * only an outcome, or an id that is void, settles it: a fault of the repeat, such as a full queue, says nothing of what the first try has done.
   */
  async #commit(changes: readonly Change[], survives: Survives): Promise<Outcome> {
    const { store, clock, random, telemetry } = this.#parts
    const newId = (): BatchId => newBatchId(clock.now(), (length) => random.bytes(length))
    let id = newId()
    let unknown: StoreError | undefined
    for (let fault = 0; ; fault++) {
      try {
        return await store.commit(id, changes, survives)
      } catch (error) {
        if (!(error instanceof StoreError)) throw error
        if (error.isVoid) unknown = undefined
        else if (error.kind === 'unknown') unknown ??= error
        else if (error.kind === 'permanent' && unknown === undefined) throw error
        telemetry.warn('a commit met a fault of the store', { kind: error.kind, reason: error.message })
        if (!isWorthAnotherTry(error) || fault >= faultRetries) throw storeFault(unknown ?? error)
        if (unknown === undefined) id = newId()
        await clock.sleep(10 * 2 ** fault + random.int(10))
      }
    }
  }
}

/** Who has read before gets another answer from now on. That something was not there the doors never say by what others keep. */
function replaces({ kind, previous }: NewEvent, _at: number, all: readonly NewEvent[]): boolean {
  switch (kind) {
    case 'manifest.pushed':
    case 'artifact.created':
    case 'artifact.starred':
    case 'artifact.unstarred':
    case 'collection.created':
      return false
    case 'tag.moved':
      return previous !== undefined
    case 'version.published':
      return !all.some((other) => other.kind === 'artifact.created' || other.kind === 'manifest.pushed')
    case 'manifest.deleted':
    case 'tag.deleted':
    case 'blob.deleted':
    case 'artifact.updated':
    case 'artifact.deleted':
    case 'artifact.restored':
    case 'artifact.purged':
    case 'collection.updated':
    case 'collection.deleted':
    case 'access.changed':
      return true
  }
}

/** A full disk, or a lost right, is the same a few milliseconds later. */
const isWorthAnotherTry = ({ kind }: StoreError): boolean => kind === 'transient' || kind === 'unknown'
