import { RegistryError } from '../../../domain/error.ts'
import { oneTimeSecretBytes } from '../../../ports/identity/one-time-codes.ts'
import { insert } from '../../../ports/store/change.ts'
import type { Caller } from '../../ledger/caller.ts'
import { toldOf } from '../access-parts.ts'
import { requireAccount } from '../accounts.ts'
import { invalid } from '../check-account.ts'
import { noticeJob } from '../notices.ts'
import { oneMore } from './count-factors.ts'
import { type FactorParts, ownerOfFactors } from './factor-parts.ts'
import { beginPending, endPending, requirePending } from './pending-factor.ts'
import { type Fresh, requireFresh } from './require-fresh.ts'
import { openSecret, sealSecret } from './sealed-secret.ts'
import { totps } from './tables.ts'

const what = 'adding a second factor'

/** What an app is told, once. */
export interface NewTotp {
  /** base32, as people type it. */
  readonly secret: string
  readonly uri: string
  /** Until when it can be confirmed, ms since 1970. */
  readonly expiresAt: number
}

/** Shown once, and only with the first factor. */
export interface Added {
  readonly recoveryCodes: readonly string[]
}

/**
 * A secret for an app, which counts for nothing until a code of it was shown.
 * @throws RegistryError `unauthenticated`, `denied`, `too-many-requests`, `account-exists`
 */
export async function beginTotp(parts: FactorParts, caller: Caller, fresh: Fresh): Promise<NewTotp> {
  const { core, codes, issuer } = parts
  const { name: user, still } = await requireFresh(parts, caller, { ...fresh, what })
  await requireNone(parts, user)
  const secret = core.random.bytes(oneTimeSecretBytes)
  const sealed = await sealSecret(core, secret, user)
  const lifetime = parts.secondFactors.stepTime
  const expiresAt = await beginPending(core, caller, { user, kind: 'totp', secret: sealed, lifetime, still })
  const uri = await codes.uriOf(secret, { issuer, user })
  return { secret: await codes.textOf(secret), uri, expiresAt }
}

/**
 * With the first factor, other sessions and all tokens end, and there are codes for recovery.
 * @throws RegistryError `unauthenticated`, `denied`, `account-invalid`, `account-exists`
 */
export async function confirmTotp(parts: FactorParts, caller: Caller, code: string): Promise<Added> {
  const { core, codes } = parts
  const { name: user } = ownerOfFactors(caller, what)
  return await core.ledger.change(caller, async () => {
    const pending = await requirePending(core, caller, { user, kind: 'totp' })
    await requireNone(parts, user)
    const now = core.clock.now()
    const step = await codes.stepOf(
      await openSecret(core, pending.secret, user),
      code.replace(/[\s-]/g, ''),
      now,
    )
    if (step === undefined) throw invalid('code', 'it is not the one that your app shows now')
    const { changes, recoveryCodes } = await oneMore(core, await requireAccount(parts, 'user', user))
    return {
      value: { recoveryCodes },
      changes: [
        endPending(pending),
        // The code that confirms it is used by that.
        insert(totps, { user, secret: pending.secret, lastStep: step, createdAt: now, usedAt: 0 }),
        ...changes,
      ],
      jobs: [noticeJob(user, 'factor-added')],
      ...toldOf('factor.add', `user:${user}`, { after: 'totp' }),
    }
  })
}

async function requireNone({ core }: FactorParts, user: string): Promise<void> {
  if ((await core.store.get(totps, [user])) === undefined) return
  throw new RegistryError('account-exists', { what: 'factor', name: 'totp' })
}
