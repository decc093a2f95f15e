import { RegistryError } from '../../domain/error.ts'
import type { CommonPasswords, Passwords } from '../../ports/identity/passwords.ts'
import { insert, put, remove } from '../../ports/store/change.ts'
import type { Change, Stored } from '../../ports/store/store.ts'
import type { Caller } from '../ledger/caller.ts'
import { type AccessParts, toldOf } from './access-parts.ts'
import { requireAccount } from './accounts.ts'
import { checkPassword } from './check-password.ts'
import type { LoginThrottle } from './login-throttle.ts'
import { requireLink, useLink } from './one-time-links.ts'
import { type AccountRow, accounts, type PasswordRow, passwords, sessions } from './tables.ts'

export interface PasswordParts {
  readonly passwords: Passwords
  readonly common: CommonPasswords
  /** Bounds how often somebody with a session of theirs guesses; absent: nobody does. */
  readonly throttle?: LoginThrottle | undefined
}

/**
 * By a link of an invitation, or of one who has forgotten theirs. All sessions and tokens of before end.
 * @returns whose it is
 * @throws RegistryError `link-invalid`, `account-invalid`
 */
export async function setPasswordByLink(
  parts: AccessParts & PasswordParts,
  caller: Caller,
  { token, password }: { readonly token: string; readonly password: string },
): Promise<string> {
  const { core } = parts
  const { user, email } = await requireLink(core, token, ['invite', 'reset'])
  await checkPassword(parts.common, password, [user, email])
  const hash = await parts.passwords.hash(password)
  return await core.ledger.change(caller, async () => {
    const link = await requireLink(core, token, ['invite', 'reset'])
    const account = await requireAccount(parts, 'user', link.user)
    const isProved = link.email !== '' && link.email === account.email
    const verified = isProved ? { emailVerifiedAt: account.emailVerifiedAt || core.clock.now() } : {}
    return {
      value: link.user,
      changes: [useLink(link), ...(await passwordChanges(parts, account, hash, verified))],
      ...toldOf('password.set', `user:${link.user}`),
    }
  })
}

/**
 * By who knows the one before. All other sessions, and all tokens, end; keys stay.
 * @throws RegistryError `unauthenticated`, `denied`, `account-invalid`, `too-many-requests`
 */
export async function changePassword(
  parts: AccessParts & PasswordParts,
  caller: Caller,
  { before, after }: { readonly before: string; readonly after: string },
): Promise<void> {
  const { principal } = caller
  const what = 'changing a password'
  if (principal.kind === 'anonymous')
    throw new RegistryError('unauthenticated', { reason: `log in for ${what}` })
  if (principal.kind !== 'user' || principal.via?.scopes !== undefined)
    throw new RegistryError('denied', { action: what, reason: 'it takes a login of the user' })
  const { name } = principal
  const { core } = parts
  const known = await requirePassword(parts, caller, { name, password: before, what })
  const { email } = await requireAccount(parts, 'user', name)
  await checkPassword(parts.common, after, [name, email])
  const hash = await parts.passwords.hash(after)
  await core.ledger.change(caller, async () => {
    const account = await requireAccount(parts, 'user', name)
    const row = await core.store.get(passwords, [name])
    // Somebody else has set another one since.
    if (row?.hash !== known) throw wrongPassword(what)
    return {
      value: undefined,
      changes: await passwordChanges(parts, account, hash),
      ...toldOf('password.set', `user:${name}`),
    }
  })
}

/**
 * Their present one, for what they are about to do.
 * @returns the hash that it has
 * @throws RegistryError `denied`, `too-many-requests`
 */
export async function requirePassword(
  { core, passwords: hasher, throttle }: AccessParts & PasswordParts,
  { address: from }: Caller,
  { name, password, what }: { readonly name: string; readonly password: string; readonly what: string },
): Promise<string> {
  const hash = (await core.store.get(passwords, [name]))?.hash
  const known = async (): Promise<string | undefined> =>
    (await hasher.verify({ who: name, password, hash, from })) ? hash : undefined
  const found = await (throttle === undefined ? known() : throttle.guard({ user: name, from }, known))
  if (found === undefined) throw wrongPassword(what)
  return found
}

const wrongPassword = (what: string): RegistryError =>
  new RegistryError('denied', { action: what, reason: 'the present password is another one' })

async function passwordChanges(
  { core }: AccessParts,
  { rev, ...account }: Stored<AccountRow>,
  hash: string,
  more: Partial<AccountRow> = {},
): Promise<readonly Change[]> {
  const { name } = account
  const row: PasswordRow = { user: name, hash, changedAt: core.clock.now() }
  const before = await core.store.get(passwords, [name])
  const begun = await core.store.find(sessions, { index: 'byUser', eq: [name], limit: 1_000 })
  const after: AccountRow = { ...account, ...more, state: 'active', epoch: account.epoch + 1 }
  return [
    put(accounts, after, rev),
    before === undefined ? insert(passwords, row) : put(passwords, row, before.rev),
    // Those that are not reached by this are of an earlier epoch all the same.
    ...begun.rows.map((session) => remove(sessions, [session.hash], { rev: session.rev })),
  ]
}
