import { RegistryError } from '../../domain/error.ts'
import type { Core } from '../ledger/core.ts'
import { toldOf } from './access-parts.ts'
import { checkName } from './check-account.ts'
import { firstAccount, setupPrincipal } from './first-account.ts'
import { hasAccounts } from './has-accounts.ts'
import { accounts, namespaceRules } from './tables.ts'

/**
 * The first account from what the operator has configured, where there is none. Of several processes that start at once one
 * makes it.
 * @returns `made`; `known`: there are accounts, and this is one of them; `unknown`: it is none of them
 * @throws RegistryError `account-invalid`, `account-exists`
 */
export async function makeAdministrator(
  core: Core,
  { name, hash }: { readonly name: string; readonly hash: string },
): Promise<'made' | 'known' | 'unknown'> {
  const row = { name: checkName(name), title: '', email: '', hash }
  const caller = {
    principal: setupPrincipal,
    requestId: core.random.uuid(),
    signal: new AbortController().signal,
  }
  return await core.ledger.change(caller, async () => {
    if (await hasAccounts(core.store)) {
      const account = await core.store.get(accounts, [name])
      return { value: account?.kind === 'user' ? 'known' : 'unknown', changes: [] }
    }
    if ((await core.store.get(namespaceRules, [name])) !== undefined)
      throw new RegistryError('account-exists', { what: 'user', name })
    return {
      value: 'made',
      changes: firstAccount(core, row),
      ...toldOf('account.create', `user:${name}`),
    }
  })
}
