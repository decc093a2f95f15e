import { RegistryError } from '../../../domain/error.ts'
import { remove } from '../../../ports/store/change.ts'
import type { Change } from '../../../ports/store/store.ts'
import type { Caller } from '../../ledger/caller.ts'
import type { Core } from '../../ledger/core.ts'
import { type AccessParts, requireRight, toldOf, wholeOf } from '../access-parts.ts'
import { requireAccount } from '../accounts.ts'
import { noticeJob } from '../notices.ts'
import { requireNoLess } from '../require-no-less.ts'
import { fewer } from './count-factors.ts'
import type { FactorParts } from './factor-parts.ts'
import { passkeysOf } from './list-factors.ts'
import { newRecoveryCodes } from './recovery-codes.ts'
import { type Fresh, requireFresh } from './require-fresh.ts'
import { passkeys, secondFactors, totps } from './tables.ts'

/**
 * One of one's own. All sessions and tokens end.
 * @throws RegistryError `unauthenticated`, `denied`, `too-many-requests`, `account-unknown`
 */
export async function removeFactor(
  parts: FactorParts,
  caller: Caller,
  { factor, ...fresh }: Fresh & { readonly factor: string },
): Promise<void> {
  const { core } = parts
  const what = 'removing a second factor'
  const { name: user, still } = await requireFresh(parts, caller, { ...fresh, what })
  await core.ledger.change(caller, async () => {
    await still()
    const account = await requireAccount(parts, 'user', user)
    const gone = (await removalsOf(core, user)).find(({ id }) => id === factor)
    if (gone === undefined) throw new RegistryError('account-unknown', { what: 'factor', name: factor })
    return {
      value: undefined,
      changes: [gone.change, ...(await fewer(core, account, 1))],
      jobs: [noticeJob(user, 'factor-removed')],
      ...toldOf('factor.remove', `user:${user}`, { before: gone.shown }),
    }
  })
}

/**
 * All of somebody's, who has lost them, by who may manage users. All their sessions and tokens end.
 * @throws RegistryError `unauthenticated`, `denied`, `account-unknown`
 */
export async function resetFactors(parts: AccessParts, caller: Caller, user: string): Promise<void> {
  const { core } = parts
  await core.ledger.change(caller, async () => {
    const what = `taking the second factors of ${user} away`
    await requireRight(parts, caller, { permission: 'users:manage', target: wholeOf(''), what })
    await requireNoLess(parts, caller, {
      than: `user:${user}`,
      within: [],
      what: `${what}, who may more than you,`,
    })
    const account = await requireAccount(parts, 'user', user)
    const gone = await removalsOf(core, user)
    if (gone.length === 0) return { value: undefined, changes: [] }
    return {
      value: undefined,
      changes: [...gone.map(({ change }) => change), ...(await fewer(core, account, gone.length))],
      jobs: [noticeJob(user, 'factors-reset')],
      ...toldOf('factor.reset', `user:${user}`, { before: gone.map(({ shown }) => shown).join(' ') }),
    }
  })
}

/**
 * New ones, in place of all earlier ones. Shown once.
 * @throws RegistryError `unauthenticated`, `denied`, `too-many-requests`
 */
export async function renewRecoveryCodes(
  parts: FactorParts,
  caller: Caller,
  fresh: Fresh,
): Promise<readonly string[]> {
  const { core } = parts
  const what = 'making codes for recovery'
  const { name: user, still } = await requireFresh(parts, caller, { ...fresh, what })
  return await core.ledger.change(caller, async () => {
    await still()
    if ((await core.store.get(secondFactors, [user])) === undefined)
      throw new RegistryError('denied', { action: what, reason: 'you have no second factor' })
    const { codes, changes } = await newRecoveryCodes(core, user)
    return {
      value: codes,
      changes,
      jobs: [noticeJob(user, 'recovery-made')],
      ...toldOf('recovery.make', `user:${user}`),
    }
  })
}

interface Removal {
  readonly id: string
  readonly shown: string
  readonly change: Change
}

async function removalsOf(core: Core, user: string): Promise<readonly Removal[]> {
  const totp = await core.store.get(totps, [user])
  return [
    ...(totp === undefined
      ? []
      : [{ id: 'totp', shown: 'totp', change: remove(totps, [user], { rev: totp.rev }) }]),
    ...(await passkeysOf(core, user)).map(({ id, rev }) => ({
      ...{ id, shown: `passkey:${id}`, change: remove(passkeys, [id], { rev }) },
    })),
  ]
}
