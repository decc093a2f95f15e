import { RegistryError } from '../../domain/error.ts'
import { put, remove } from '../../ports/store/change.ts'
import type { Stored } from '../../ports/store/store.ts'
import type { Caller } from '../ledger/caller.ts'
import { eachRow } from '../ledger/each-row.ts'
import { type AccessParts, toldOf } from './access-parts.ts'
import { requireAccount } from './accounts.ts'
import { giveTeams } from './group-teams.ts'
import { type IdentityRow, identities } from './outside-tables.ts'
import { accounts, passwords } from './tables.ts'

/** Times in ms since 1970. */
export type ShownIdentity = Pick<IdentityRow, 'id' | 'provider' | 'shown' | 'createdAt' | 'usedAt'>

/** By which the caller comes in, the oldest first. @throws RegistryError `unauthenticated`, `denied` */
export async function listIdentities(parts: AccessParts, caller: Caller): Promise<readonly ShownIdentity[]> {
  const user = userOf(caller)
  const found: ShownIdentity[] = []
  for await (const row of eachRow(parts.core.store, identities, { index: 'byUser', eq: [user] })) {
    const { id, provider, shown, createdAt, usedAt } = row
    found.push({ id, provider, shown, createdAt, usedAt })
  }
  return found
}

/**
 * The caller comes in by it no more, and loses what its groups have given. Sessions stay: they are ended at /account. The last way
 * in is not taken away.
 * @throws RegistryError `unauthenticated`, `denied`, `account-unknown`
 */
export async function unlinkIdentity(parts: AccessParts, caller: Caller, id: string): Promise<void> {
  const user = userOf(caller)
  const { core } = parts
  await requireOther(parts, user, id)
  const { requestId, signal } = caller
  const itself = { principal: { kind: 'system', name: 'unlink' }, requestId, signal } as const
  await giveTeams(parts, itself, { id, wanted: [] })
  await core.ledger.change(caller, async () => {
    const { rev, ...account } = await requireAccount(parts, 'user', user)
    const row = await requireOther(parts, user, id)
    return {
      value: undefined,
      // One after the other: of two at once, one would not see that the other takes the last way in but its own.
      changes: [remove(identities, [id], { rev: row.rev }), put(accounts, account, rev)],
      ...toldOf('identity.unlink', `user:${user}`, { before: `${row.provider} ${row.subject}` }),
    }
  })
}

/** The identity, where its user has another way in. @throws RegistryError `denied`, `account-unknown` */
async function requireOther({ core }: AccessParts, user: string, id: string): Promise<Stored<IdentityRow>> {
  const row = await core.store.get(identities, [id])
  if (row?.user !== user) throw new RegistryError('account-unknown', { what: 'identity', name: id })
  const [all, password] = await Promise.all([
    core.store.count(identities, { index: 'byUser', eq: [user], upTo: 2 }),
    core.store.get(passwords, [user]),
  ])
  if (all >= 2 || password !== undefined) return row
  throw new RegistryError('denied', {
    action: 'unlinking it',
    reason: 'it is your only way in; set a password, or link another one first',
  })
}

/** @throws RegistryError `unauthenticated`, `denied` */
function userOf({ principal }: Caller): string {
  const what = 'looking at where you sign in'
  if (principal.kind === 'anonymous')
    throw new RegistryError('unauthenticated', { reason: `log in for ${what}` })
  if (principal.kind === 'user' && principal.via?.scopes === undefined) return principal.name
  throw new RegistryError('denied', { action: what, reason: 'it takes a login of the user' })
}
