import { setTimeout as pause } from 'node:timers/promises'
import { StoreError } from '../../../ports/store/errors.ts'
import type { BatchId, Outcome } from '../../../ports/store/store.ts'
import { mayTryAgain, storeErrorOf } from '../../shared/mongodb-store-error-of.ts'
import type { CheckedBatch } from '../shared/checked-batch.ts'
import type { Declared } from '../shared/declared.ts'
import { applyBatch } from './apply-batch.ts'
import { claimBatch } from './claim.ts'
import type { Collections } from './collections.ts'
import { type MongodbWaits, mostWaiting, retryPauses } from './options.ts'
import type { BeginTransaction, Transaction } from './transactions.ts'
import { Turns } from './turns.ts'

export interface CommitterParts {
  readonly schema: Declared
  readonly collections: Collections
  readonly begin: BeginTransaction
  readonly waits: MongodbWaits
  /** Transactions. */
  readonly atOnce: number
  readonly now: () => number
  /** Throws where this process may not write now. Asked before each try. */
  readonly refuseUnfit: () => void
}

/** How often a server is asked again what became of a commit, beside what the driver does by itself. */
const commitRepeats = 2

/** A try that did not come to an end of its own. */
type Again = { readonly again: unknown }

/** Batches, each in a transaction that is tried again while others change the same rows. */
export class Committer {
  readonly #parts: CommitterParts
  readonly #turns: Turns
  /** Ids whose outcome nobody knows yet. Nothing else is done under them before it is known. */
  readonly #unsure = new Set<BatchId>()

  constructor(parts: CommitterParts) {
    this.#parts = parts
    this.#turns = new Turns({ most: mostWaiting, waitMs: parts.waits.turn, atOnce: parts.atOnce })
  }

  /** `touched`: hashes of the rows for followers. Throws StoreError as `Store.commit`. */
  commit(batch: CheckedBatch, touched: readonly number[]): Promise<Outcome> {
    return this.#turns.run(turnsOf(batch), async () => {
      if (this.#unsure.has(batch.id)) return await this.#settled(batch.id)
      return await this.#tried(batch, touched)
    })
  }

  async #tried(batch: CheckedBatch, touched: readonly number[]): Promise<Outcome> {
    const end = performance.now() + this.#parts.waits.commit
    for (let attempt = 0; ; attempt++) {
      this.#parts.refuseUnfit()
      const outcome = await this.#try(batch, touched)
      if (!('again' in outcome)) return outcome
      const wait = pauseBefore(attempt)
      if (performance.now() + wait > end) throw busy(outcome.again)
      await pause(wait)
    }
  }

  async #try(batch: CheckedBatch, touched: readonly number[]): Promise<Outcome | Again> {
    await using transaction = await this.#parts.begin()
    const { schema, collections, waits, now } = this.#parts
    const { session } = transaction
    try {
      const applying = { schema, collections, session, maxTimeMS: waits.operation, now }
      const outcome = await applyBatch(applying, batch, touched)
      if (outcome === 'void') throw voided()
      if (outcome === 'repeat') return { ok: true }
      if (!outcome.ok) return outcome
    } catch (error) {
      if (mayTryAgain(error)) return { again: error }
      throw storeErrorOf(error)
    }
    return await this.#committed(batch.id, transaction)
  }

  /** Asked again, the server says how it ended; only where it does not is the id claimed. */
  async #committed(id: BatchId, transaction: Transaction): Promise<Outcome | Again> {
    for (let attempt = 0; ; attempt++) {
      try {
        await transaction.commit()
        return { ok: true }
      } catch (error) {
        if (mayTryAgain(error)) return { again: error }
        if (attempt < commitRepeats) continue
        this.#unsure.add(id)
        return await this.#settled(id)
      }
    }
  }

  async #settled(id: BatchId): Promise<Outcome> {
    const { collections, waits, now } = this.#parts
    const state = await claimBatch(id, { batches: collections.batches, waits, now })
    this.#unsure.delete(id)
    if (state === 'void') throw voided()
    return { ok: true }
  }
}

/** Its rows and logs: what no two batches of this process change at once. */
function turnsOf({ id, changes }: CheckedBatch): string[] {
  const names = changes.map((change) =>
    change.do === 'append' ? `log ${change.log}` : `row ${change.table} ${change.id}`,
  )
  return [...new Set([`id ${id}`, ...names])]
}

function pauseBefore(attempt: number): number {
  const { first, longest } = retryPauses
  return Math.min(longest, first * 2 ** attempt) * (0.5 + Math.random() / 2)
}

function voided(): StoreError {
  return new StoreError('transient', 'the batch was not applied, and its id is void', { isVoid: true })
}

function busy(cause: unknown): StoreError {
  const told = cause instanceof Error ? `: ${cause.message}` : ''
  return new StoreError('transient', `others keep changing the same rows${told}`, { cause })
}
