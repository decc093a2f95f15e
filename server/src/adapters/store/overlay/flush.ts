import { StoreError } from '../../../ports/store/errors.ts'
import type { BatchId, Change, Key, Outcome, Store, Survives } from '../../../ports/store/store.ts'
import { storeLimits } from '../../../ports/store/store.ts'
import { batchBytes } from '../shared/checked-batch.ts'
import type { Declared } from '../shared/declared.ts'
import { refused } from '../shared/refuse.ts'
import { rowsOf } from './base-facts.ts'
import type { Absent, NetChanges } from './net-changes.ts'

/** Why nothing of a transaction was written: somebody else has changed what it rests on. */
export interface FlushConflict {
  readonly ok: false
  readonly why: 'conflict'
  /** One of the rows. */
  readonly table: string
  /** Of the primary key; where a unique key was read as free and no longer is, the values of that one. */
  readonly key: Key
  /** `exists`: it, or a unique key of it, is there by now. Else as in the outcome of a commit. */
  readonly guard: 'exists' | 'missing' | 'rev' | 'when'
  readonly uniqueKey?: string
}

export type FlushOutcome =
  | { readonly ok: true }
  | FlushConflict
  /** More than one batch holds, by `storeLimits`. Nothing was tried. */
  | { readonly ok: false; readonly why: 'too-large'; readonly changes: number; readonly bytes: number }

/** The way of one transaction's net changes into its base, which may take several tries. */
export class Flush {
  readonly #base: Store
  readonly #schema: Declared
  readonly #net: NetChanges
  /** Given with a batch of which nobody knows whether it was applied. */
  #unknown: BatchId | undefined

  constructor(base: Store, schema: Declared, net: NetChanges) {
    this.#base = base
    this.#schema = schema
    this.#net = net
  }

  /** Throws StoreError, as the base's `commit` does; `permanent` also for another id while an outcome is unknown. */
  async send(id: BatchId, survives: Survives): Promise<FlushOutcome> {
    const { changes, absent } = this.#net
    if (this.#unknown === undefined) {
      const refusal = this.#tooLarge() ?? (await appeared(this.#base, absent))
      if (refusal !== undefined) return refusal
    } else if (this.#unknown !== id) {
      throw refused(`the outcome of batch ${this.#unknown} is unknown: repeat that one`)
    }
    if (changes.length === 0) return { ok: true }
    try {
      return told(changes, await this.#base.commit(id, changes, survives))
    } catch (error) {
      if (error instanceof StoreError && error.kind === 'unknown') this.#unknown = id
      throw error
    }
  }

  #tooLarge(): FlushOutcome | undefined {
    const { changes } = this.#net
    const bytes = batchBytes(this.#schema, changes)
    const fits = changes.length <= storeLimits.changesPerBatch && bytes <= storeLimits.bytesPerBatch
    return fits ? undefined : { ok: false, why: 'too-large', changes: changes.length, bytes }
  }
}

function told(changes: readonly Change[], outcome: Outcome): FlushOutcome {
  if (outcome.ok) return outcome
  const change = changes[outcome.change]
  if (change === undefined || change.do === 'append')
    throw refused('the base failed a change that has no guard')
  const key = 'key' in change ? change.key : change.table.key.map((name) => change.row[name])
  const { why: guard, uniqueKey } = outcome
  const conflict = { ok: false, why: 'conflict', table: change.table.name, key, guard } as const
  return uniqueKey === undefined ? conflict : { ...conflict, uniqueKey }
}

/** What was read as absent and is there by now. */
async function appeared(base: Store, absent: readonly Absent[]): Promise<FlushConflict | undefined> {
  for (const { table, keys, unique } of absent) {
    const conflict = { ok: false, why: 'conflict', table: table.table.name, guard: 'exists' } as const
    const rows = await rowsOf(base, table, keys)
    const key = keys.find((_, at) => rows[at] !== undefined)
    if (key !== undefined) return { ...conflict, key }
    for (const each of unique) {
      const found = await base.get(table.table, each)
      if (found !== undefined) return { ...conflict, key: each.values, uniqueKey: each.unique }
    }
  }
  return undefined
}
