import { RegistryError } from '../../domain/error.ts'
import type { Caller } from '../ledger/caller.ts'
import type { Core } from '../ledger/core.ts'
import { type AccessParts, toldOf } from './access-parts.ts'
import { checkEmail, checkLine, checkName } from './check-account.ts'
import { checkPassword } from './check-password.ts'
import { firstAccount, setupPrincipal } from './first-account.ts'
import { hasAccounts } from './has-accounts.ts'
import { newLink, requireLink, useLink } from './one-time-links.ts'
import type { PasswordParts } from './set-password.ts'
import { namespaceRules } from './tables.ts'

/**
 * What stands in a link by which the first administrator is made, once. Of earlier ones a few are good still: several processes
 * start on one store. `alone`: none of them is.
 * @returns undefined: there are accounts
 */
export async function beginSetUp(
  core: Core,
  { alone = false }: { readonly alone?: boolean } = {},
): Promise<string | undefined> {
  return await core.ledger.keep(async () => {
    if (await hasAccounts(core.store)) return { value: undefined, changes: [] }
    const { token, changes } = await newLink(core, setupPrincipal, { kind: 'setup', user: '', alone })
    return { value: token, changes }
  })
}

/** Where whoever has this token makes the first account, behind the address of the registry. */
export const setUpPath = (token: string): string => `/setup?token=${token}`

export interface FirstAccount {
  readonly token: string
  readonly name: string
  readonly password: string
  readonly title?: string
  readonly email?: string
}

/**
 * The first account, which may do everything. Two who have a link do not both make one.
 * @throws RegistryError `link-invalid`, `account-invalid`, `account-exists`
 */
export async function setUp(
  parts: AccessParts & PasswordParts,
  caller: Caller,
  { token, name, password, title = '', email = '' }: FirstAccount,
): Promise<void> {
  const { core } = parts
  // Before it is worked for: whoever has no link learns nothing of names and passwords.
  await requireLink(core, token, ['setup'])
  const row = { name: checkName(name), title: checkLine(title, 'title'), email: checkEmail(email) }
  await checkPassword(parts.common, password, [name, email])
  const hash = await parts.passwords.hash(password)
  await core.ledger.change({ ...callerOf(caller), principal: setupPrincipal }, async () => {
    const link = await requireLink(core, token, ['setup'])
    if (await hasAccounts(core.store)) throw new RegistryError('link-invalid', {})
    if ((await core.store.get(namespaceRules, [name])) !== undefined)
      throw new RegistryError('account-exists', { what: 'user', name })
    return {
      value: undefined,
      changes: [useLink(link), ...firstAccount(core, { ...row, hash })],
      ...toldOf('account.create', `user:${name}`),
    }
  })
}

/** A caller's members may be getters, which a spread would not copy. */
function callerOf({ requestId, address, signal }: Caller): Omit<Caller, 'principal'> {
  return { requestId, signal, ...(address !== undefined && { address }) }
}
