import { setTimeout as pause } from 'node:timers/promises'
import type { Collection } from 'mongodb'
import { StoreError } from '../../../ports/store/errors.ts'
import type { BatchId } from '../../../ports/store/store.ts'
import { isDuplicate } from '../../shared/mongodb-store-error-of.ts'
import type { BatchDocument } from './collections.ts'
import { type MongodbWaits, retryPauses } from './options.ts'

export interface Claiming {
  readonly batches: Collection<BatchDocument>
  readonly waits: MongodbWaits
  readonly now: () => number
}

/**
 * What became of a batch whose answer was lost: it is in, or never will be, since its id is taken now. While its
 * transaction is still open on the server, the claim waits for the end of that. Throws StoreError `unknown`: the claim's own
 * answer is lost too.
 */
export async function claimBatch(id: BatchId, claiming: Claiming): Promise<'applied' | 'void'> {
  const end = performance.now() + claiming.waits.claim
  for (;;) {
    const outcome = await tryClaim(id, claiming)
    if (typeof outcome === 'string') return outcome
    if (performance.now() + retryPauses.longest > end)
      throw new StoreError('unknown', `it is not known whether the batch was applied: ${outcome.message}`, {
        cause: outcome,
      })
    await pause(retryPauses.longest * Math.random())
  }
}

/** An error: not known yet. */
async function tryClaim(id: BatchId, { batches, waits, now }: Claiming): Promise<'applied' | 'void' | Error> {
  try {
    const document: BatchDocument = { _id: id, state: 'void', at: new Date(now()) }
    await batches.insertOne(document, { maxTimeMS: waits.operation })
    return 'void'
  } catch (error) {
    if (!isDuplicate(error)) return asError(error)
    return await stateOf(id, { batches, waits, now })
  }
}

/** Only what most servers have counts: the rest may be taken back. */
async function stateOf(id: BatchId, { batches, waits }: Claiming): Promise<'applied' | 'void' | Error> {
  try {
    const found = await batches.findOne({ _id: id }, { maxTimeMS: waits.operation })
    return found?.state ?? new Error('its id is not yet on most servers')
  } catch (error) {
    return asError(error)
  }
}

const asError = (reason: unknown): Error => (reason instanceof Error ? reason : new Error(String(reason)))
