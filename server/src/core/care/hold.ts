import { RegistryError } from '../../domain/error.ts'
import { insert, patch, remove } from '../../ports/store/change.ts'
import { holds } from '../content/tables.ts'
import type { Core } from '../ledger/core.ts'

/** How long a hold stands without a renewal. A process that ends lets the trash wait so long, and no longer. */
export const holdLifetime = 600_000

/** Renewals in the time of one life: one that is late, or lost, is no loss yet. */
const renewalsPerLife = 3

export interface Hold {
  /** Aborts where the hold is lost, or nobody wants the work any more. */
  readonly signal: AbortSignal
  /** On return the hold has stood from its beginning. @throws RegistryError `unavailable` where it has not */
  renew(): Promise<void>
}

/**
 * Does `work` while no bytes are removed: what was a blob when it began can be read until it ends. Fails with its hold.
 * @throws RegistryError `unavailable`
 */
export async function whileHolding<T>(
  core: Core,
  by: string,
  signal: AbortSignal,
  work: (hold: Hold) => Promise<T>,
): Promise<T> {
  const id = core.random.uuid()
  const until = core.clock.now() + holdLifetime
  await core.ledger.keep(async () => ({ value: undefined, changes: [insert(holds, { id, until, by })] }))
  const [lost, ended] = [new AbortController(), new AbortController()]
  const hold: Hold = { signal: AbortSignal.any([signal, lost.signal]), renew: () => renew(core, id) }
  const renewing = keepRenewing(core, id, ended.signal).catch((error: unknown) => lost.abort(error))
  try {
    return await work(hold)
  } finally {
    ended.abort()
    await renewing
    await release(core, id)
  }
}

async function keepRenewing(core: Core, id: string, ended: AbortSignal): Promise<void> {
  for (;;) {
    await core.clock.idle(holdLifetime / renewalsPerLife, ended)
    if (ended.aborted) return
    await renew(core, id)
  }
}

/** Whoever takes a hold for dead removes its row before any bytes: a row that is there has never been passed over. */
async function renew(core: Core, id: string): Promise<void> {
  await core.ledger.keep(async () => {
    if ((await core.store.get(holds, [id])) === undefined) {
      throw new RegistryError('unavailable', {
        reason: 'the hold on the trash was not renewed in time, and files may be gone',
        retryAfterMs: 1_000,
      })
    }
    const until = core.clock.now() + holdLifetime
    return { value: undefined, changes: [patch(holds, [id], { set: { until } })] }
  })
}

/** One that cannot be taken back ends by itself. */
async function release(core: Core, id: string): Promise<void> {
  await core.ledger
    .keep(async () => {
      const there = (await core.store.get(holds, [id])) !== undefined
      return { value: undefined, changes: there ? [remove(holds, [id])] : [] }
    })
    .catch((error: unknown) => {
      core.telemetry.error('a hold on the trash stays until it expires', error, { hold: id })
    })
}
