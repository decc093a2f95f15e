import type { ErrorCode } from '../../domain/error.ts'
import { insert } from '../../ports/store/change.ts'
import { namespaceIn } from '../ledger/audit-row.ts'
import type { Core } from '../ledger/core.ts'
import { EntryIds } from '../ledger/entry-ids.ts'
import { type AuditRow, auditEntries } from '../ledger/tables.ts'
import type { AuditSettings } from './audit-settings.ts'

/** What somebody was told that they may not do. */
export interface Refusal {
  /** As `describePrincipal` writes it. */
  readonly by: string
  /** As `describeVia` writes it. */
  readonly via: string
  readonly address: string
  readonly action: string
  /** Empty where it is about none. */
  readonly repository: string
  readonly target: string
  readonly code: ErrorCode
  readonly requestId: string
}

type Told = Omit<AuditRow, 'id' | 'at' | 'seq' | 'hash' | 'times'>

interface Held {
  readonly at: number
  told: Told
  times: number
}

/** Of refusals that were only counted. */
export const moreRefused = 'more refused'
/** Characters that are kept of what the client has chosen. */
const longestTarget = 500
/** Ids of requests that one entry stands for are kept up to so many characters. */
const longestIds = 1000
/** Rows of one batch, well below what one may have. */
const rowsPerBatch = 400

/**
 * Refusals on their way into the log. They are no change, so nobody waits for them: they are gathered, those that are alike
 * as one, and written together. Of a flood those beyond the bound are counted, by who asks and from where; beyond the same
 * bound, all as one. What was gathered since the last writing does not survive the process.
 *
 * Each thread that answers requests has its own.
 */
export class Refusals {
  readonly #core: Core
  readonly #settings: Pick<AuditSettings, 'record' | 'refusalsHeld' | 'refusalInterval'>
  readonly #ids: EntryIds
  readonly #closing = new AbortController()
  #held = new Map<string, Held>()
  #more = new Map<string, Held>()
  #writing: Promise<void> | undefined
  #isWaiting = false

  constructor(core: Core, settings: Pick<AuditSettings, 'record' | 'refusalsHeld' | 'refusalInterval'>) {
    this.#core = core
    this.#settings = settings
    this.#ids = new EntryIds(core.random)
  }

  /** Costs a look-up; writes nothing itself, and throws nothing. */
  note(refusal: Refusal): void {
    if (!this.#settings.record) return
    const { by, via, address, action, repository, code } = refusal
    // Which account was tried says more than how often.
    const about = action === 'login' ? refusal.target : repository
    const key = JSON.stringify([by, via, address, action, about, code])
    const known = this.#held.get(key)
    if (known !== undefined) {
      known.times++
      known.told = { ...known.told, requestId: withId(known.told.requestId, refusal.requestId) }
    } else if (this.#held.size < this.#settings.refusalsHeld) this.#hold(this.#held, key, toldOf(refusal))
    else this.#count(refusal)
    if (!this.#isWaiting) void this.#writeUntilEmpty()
  }

  /** Writes what was gathered until now; joins a writing that is under way. Does not throw: what fails is tried again. */
  flush(): Promise<void> {
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined
    })
    return this.#writing
  }

  /** Writes what is left. Nothing is to be noted afterwards. */
  async close(): Promise<void> {
    this.#closing.abort()
    await this.#writing
    await this.flush()
    const left = [...this.#held.values(), ...this.#more.values()].reduce((sum, { times }) => sum + times, 0)
    if (left > 0)
      this.#core.telemetry.error('refusals could not be written down', undefined, { refusals: String(left) })
  }

  #hold(map: Map<string, Held>, key: string, told: Told, times = 1): void {
    const known = map.get(key)
    if (known === undefined) map.set(key, { at: this.#core.clock.now(), told, times })
    else known.times += times
  }

  /** From how many different ones it comes is bounded too. */
  #count({ by, address }: Pick<Refusal, 'by' | 'address'>, times = 1): void {
    const key = JSON.stringify([by, address])
    const isRoom = this.#more.has(key) || this.#more.size < this.#settings.refusalsHeld
    if (isRoom) this.#hold(this.#more, key, counted(by, address), times)
    else this.#hold(this.#more, '', counted('', ''), times)
  }

  /** While nobody is refused there is no timer. */
  async #writeUntilEmpty(): Promise<void> {
    const { signal } = this.#closing
    this.#isWaiting = true
    while (this.#held.size + this.#more.size > 0 && !signal.aborted) {
      await this.#core.clock.idle(this.#settings.refusalInterval, signal)
      if (!signal.aborted) await this.flush()
    }
    this.#isWaiting = false
  }

  async #write(): Promise<void> {
    const held = [...this.#held.values(), ...this.#more.values()]
    this.#held = new Map()
    this.#more = new Map()
    for (let from = 0; from < held.length; from += rowsPerBatch) {
      const some = held.slice(from, from + rowsPerBatch)
      const rows = some.map((each) => this.#rowOf(each))
      try {
        await this.#core.ledger.keep(async () => ({
          value: undefined,
          changes: rows.map((row) => insert(auditEntries, row)),
        }))
      } catch (error) {
        this.#core.telemetry.error('refusals could not be written down; they are counted', error, {
          refusals: String(some.length),
        })
        for (const { told, times } of held.slice(from)) this.#count(told, times)
        return
      }
    }
  }

  #rowOf({ at, told, times }: Held): AuditRow {
    return { ...told, id: this.#ids.next(at), at, times, seq: 0, hash: '' }
  }
}

function toldOf({ by, via, address, action, repository, target, code, requestId }: Refusal): Told {
  const shown = target.slice(0, longestTarget).replaceAll('\0', '').toWellFormed()
  return {
    ...{ by, via, address, action, repository, code, requestId },
    namespace: namespaceIn(repository, ''),
    target: shown,
    before: '',
    after: '',
    outcome: 'refused',
  }
}

function counted(by: string, address: string): Told {
  return {
    ...{ by, via: '', address, action: moreRefused, namespace: '', repository: '', target: '' },
    ...{ before: '', after: '', outcome: 'refused', code: '', requestId: '' },
  }
}

/** Ids have no blanks. Those that find no room are still counted. */
function withId(ids: string, id: string): string {
  const isRoom = ids.length + 1 + id.length <= longestIds
  return isRoom && !ids.split(' ').includes(id) ? `${ids} ${id}` : ids
}
