import type { Core } from '../ledger/core.ts'
import { auditEntries } from '../ledger/tables.ts'
import type { AuditSettings } from './audit-settings.ts'

/** Entries that have no place in the chain yet, counted up to 10,000. */
export interface UnsealedTail {
  readonly entries: number
  /** When the oldest was written, ms since 1970; absent where there is none. */
  readonly oldestAt?: number
}

/** Nobody reads an exact number beyond. */
const countedTo = 10_000
/** What a look for them may take until all that it has found is in the chain, ms. */
const sealTime = 3_000
const unsealed = { index: 'bySeq', eq: [0] }

/** Entries that are older, ms, are not sealed as they should be: by default 5 s. */
export function longestUnsealed({ sealInterval }: Pick<AuditSettings, 'sealInterval'>): number {
  return sealInterval + sealTime
}

/** @throws StoreError */
export async function unsealedTail(store: Pick<Core['store'], 'find' | 'count'>): Promise<UnsealedTail> {
  const [entries, oldestAt] = await Promise.all([
    store.count(auditEntries, { ...unsealed, upTo: countedTo }),
    oldestUnsealed(store),
  ])
  // It may have been sealed between the two looks.
  return oldestAt === undefined ? { entries: 0 } : { entries: Math.max(1, entries), oldestAt }
}

/** The same, with how long the oldest of them waits, ms. @throws StoreError */
export async function unsealedNow({
  store,
  clock,
}: Pick<Core, 'store' | 'clock'>): Promise<{ readonly entries: number; readonly ms: number }> {
  const { entries, oldestAt } = await unsealedTail(store)
  return { entries, ms: oldestAt === undefined ? 0 : Math.max(0, clock.now() - oldestAt) }
}

/** When it was written, ms since 1970; undefined: there is none. Their ids sort by time. @throws StoreError */
export async function oldestUnsealed(store: Pick<Core['store'], 'find'>): Promise<number | undefined> {
  const { rows } = await store.find(auditEntries, { ...unsealed, limit: 1 })
  return rows[0]?.at
}
