import { insert } from '../../ports/store/change.ts'
import { marks, repositories } from '../content/tables.ts'
import type { Core } from '../ledger/core.ts'

/** Made anew by whoever restores a backup: what was pulled since that was made is not known. */
export const pullsCounted = 'pulls-counted'

/**
 * From when on every pull is counted: 0 where that was always so. What was pulled before is not known, so that nothing
 * may be said to have been pulled less lately than then.
 */
export async function pullsCountedSince(core: Pick<Core, 'store'>): Promise<number> {
  return (await core.store.get(marks, [pullsCounted]))?.at ?? 0
}

/** Once in the life of a registry: one that holds something already was used before pulls were counted. */
export async function beginCountingPulls(core: Core): Promise<void> {
  await core.ledger.keep(async () => {
    if ((await core.store.get(marks, [pullsCounted])) !== undefined) return { value: undefined, changes: [] }
    const used = (await core.store.count(repositories, { index: 'key', upTo: 1 })) > 0
    const at = used ? core.clock.now() : 0
    return { value: undefined, changes: [insert(marks, { name: pullsCounted, at })] }
  })
}
