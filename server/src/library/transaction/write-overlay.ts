import { storeFault } from '../../core/ledger/telling-faults.ts'
import type { Clock } from '../../ports/clock/clock.ts'
import { StoreError } from '../../ports/store/errors.ts'
import type { BatchId } from '../../ports/store/store.ts'
import type { FlushOutcome, OverlayStore } from '../engines/tools.ts'

/** How often an engine's fault is tried again before the caller hears of it. */
const faultRetries = 3

/**
 * The overlay's changes as one batch, to their outcome. The id stays the same through all tries, so that one that was
 * applied without an answer is not applied again.
 * @throws RegistryError `unavailable`, `storage-full` (nothing was changed), `unknown-outcome`; StoreError `permanent`
 */
export async function writeOverlay(
  overlay: OverlayStore,
  id: BatchId,
  clock: Pick<Clock, 'sleep'>,
): Promise<FlushOutcome> {
  let unknown: StoreError | undefined
  for (let fault = 0; ; fault++) {
    try {
      return await overlay.flush(id)
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      if (error.kind === 'unknown') unknown ??= error
      const passes = error.kind === 'transient' || error.kind === 'unknown'
      if (!passes || fault >= faultRetries) throw storeFault(unknown ?? error)
      await clock.sleep(10 * 2 ** fault)
    }
  }
}
