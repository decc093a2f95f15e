import { insert, put, remove } from '../../../ports/store/change.ts'
import type { Change, Stored } from '../../../ports/store/store.ts'
import type { Core } from '../../ledger/core.ts'
import { type AccountRow, accounts, sessions } from '../tables.ts'
import { newRecoveryCodes, withoutCodes } from './recovery-codes.ts'
import { secondFactors } from './tables.ts'

type Parts = Pick<Core, 'store' | 'clock' | 'random'>

/**
 * One more. With the first of them a password is not enough any more: sessions and tokens that were begun by one end, and there
 * are codes for recovery.
 */
export async function oneMore(
  core: Parts,
  account: Stored<AccountRow>,
): Promise<{ readonly changes: readonly Change[]; readonly recoveryCodes: readonly string[] }> {
  const user = account.name
  const row = await core.store.get(secondFactors, [user])
  if (row !== undefined) {
    const { rev, ...counted } = row
    const more = put(secondFactors, { ...counted, factors: row.factors + 1 }, rev)
    return { changes: [more], recoveryCodes: [] }
  }
  const { codes, changes } = await newRecoveryCodes(core, user)
  const first = insert(secondFactors, { user, factors: 1, tries: 0, waitUntil: 0 })
  return { changes: [first, ...changes, ...(await ending(core, account))], recoveryCodes: codes }
}

/** So many less. Whatever was begun by one that goes ends; with the last of them the codes for recovery go. */
export async function fewer(
  core: Parts,
  account: Stored<AccountRow>,
  gone: number,
): Promise<readonly Change[]> {
  const user = account.name
  const row = await core.store.get(secondFactors, [user])
  if (row === undefined) return []
  const { rev, ...counted } = row
  const factors = row.factors - gone
  const counting =
    factors > 0
      ? [put(secondFactors, { ...counted, factors }, rev)]
      : [remove(secondFactors, [user], { rev }), ...(await withoutCodes(core, user))]
  return [...counting, ...(await ending(core, account))]
}

/** Those that are not reached by this are of an earlier epoch all the same. */
async function ending(core: Parts, { rev, ...account }: Stored<AccountRow>): Promise<readonly Change[]> {
  const { rows } = await core.store.find(sessions, { index: 'byUser', eq: [account.name], limit: 1_000 })
  return [
    put(accounts, { ...account, epoch: account.epoch + 1 }, rev),
    ...rows.map((session) => remove(sessions, [session.hash], { rev: session.rev })),
  ]
}
