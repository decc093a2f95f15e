import { createHash } from 'node:crypto'
import { RegistryError } from '../../../domain/error.ts'
import { describeVia } from '../../../domain/principal.ts'
import { insert, put, remove } from '../../../ports/store/change.ts'
import type { Change, Stored } from '../../../ports/store/store.ts'
import type { Caller } from '../../ledger/caller.ts'
import type { Core } from '../../ledger/core.ts'
import { accounts } from '../tables.ts'
import { type PendingFactorRow, pendingFactors } from './tables.ts'

export type FactorKind = 'totp' | 'passkey'

export interface NewPending {
  readonly user: string
  readonly kind: FactorKind
  readonly secret: Uint8Array
  readonly lifetime: number
  /** Before it is kept. */
  readonly still: () => Promise<void>
}

/** In place of another one of its kind that was begun before. @returns until when it can be confirmed, ms since 1970 */
export async function beginPending(
  core: Core,
  { principal }: Caller,
  { user, kind, secret, lifetime, still }: NewPending,
): Promise<number> {
  return await core.ledger.keep(async () => {
    await still()
    const hash = hashOf(user, kind)
    const epoch = (await core.store.get(accounts, [user]))?.epoch ?? 0
    const expiresAt = core.clock.now() + lifetime
    const row: PendingFactorRow = { hash, user, kind, secret, via: describeVia(principal), epoch, expiresAt }
    const before = await core.store.get(pendingFactors, [hash])
    const change = before === undefined ? insert(pendingFactors, row) : put(pendingFactors, row, before.rev)
    return { value: expiresAt, changes: [change] }
  })
}

/** Confirmed by whoever has begun it, as they came then: nobody else has shown the password. @throws RegistryError `denied` */
export async function requirePending(
  core: Pick<Core, 'store' | 'clock'>,
  { principal }: Caller,
  { user, kind }: { readonly user: string; readonly kind: FactorKind },
): Promise<Stored<PendingFactorRow>> {
  const row = await core.store.get(pendingFactors, [hashOf(user, kind)])
  const epoch = (await core.store.get(accounts, [user]))?.epoch
  const isTheirs = row?.via === describeVia(principal) && row.epoch === epoch
  if (row !== undefined && isTheirs && row.expiresAt > core.clock.now()) return row
  throw new RegistryError('denied', {
    action: 'confirming a second factor',
    reason: 'it was not begun here, or too long ago; begin again',
  })
}

export const endPending = ({ hash, rev }: Stored<PendingFactorRow>): Change =>
  remove(pendingFactors, [hash], { rev })

const hashOf = (user: string, kind: FactorKind): string =>
  createHash('sha256').update(`${kind}:${user}`).digest('hex')
