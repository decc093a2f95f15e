import type { Composed } from '../boot/compose.ts'
import { accounts } from '../core/access/tables.ts'
import type { AccessOptions } from './backend-options.ts'
import type { EmbeddedRights } from './embedded.ts'

/** The rights of a registry that is embedded: the same that a server over its records decides by. */
export function embeddedRights(
  { registry: { access, audit }, core }: Composed,
  { read = [], write = [] }: AccessOptions = {},
): EmbeddedRights {
  const named = new Set([read, write].flatMap((whom) => (whom === 'anyone' ? [] : whom)))
  return {
    ready: async () => await access.ready(),
    may: (principal, permission, repository) => access.may(principal, permission, repository),
    sight: (principal) => access.sight(principal),
    permissionsOf: (role) => access.permissionsOf(role),
    isUser: async (name) => {
      const account = await core.store.get(accounts, [name])
      return named.has(name) || (account?.kind === 'user' && account.state === 'active')
    },
    refused: (refusal) => audit.refused(refusal),
  }
}
