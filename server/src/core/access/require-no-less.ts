import type { Grantee } from '../../domain/grant.ts'
import type { Permission } from '../../domain/permission.ts'
import { fromAnywhere } from '../../domain/principal.ts'
import { registryWide } from '../../domain/role.ts'
import type { Caller } from '../ledger/caller.ts'
import { type AccessParts, requireRight, wholeOf } from './access-parts.ts'

interface Given {
  readonly permissions: Iterable<Permission>
  /** `*`: in all of them. */
  readonly namespace: string
  readonly what: string
}

/**
 * Nobody gives what they do not have, wherever they come from when they give it. What is asked of the registry alone is not given
 * in one namespace.
 * @throws RegistryError `unauthenticated`, `denied`
 */
export async function requireOwnRights(
  parts: AccessParts,
  { principal }: Pick<Caller, 'principal'>,
  { permissions, namespace, what }: Given,
): Promise<void> {
  const isEverywhere = namespace === '*'
  const target = wholeOf(isEverywhere ? '' : namespace)
  const giver = { principal: fromAnywhere(principal) }
  for (const permission of permissions)
    if (isEverywhere || !registryWide.has(permission))
      await requireRight(parts, giver, { permission, target, what })
}

/**
 * Nobody comes by more than they have through somebody else's account, robot or team: whoever hands out a way into it may do
 * what it was granted there. What others granted it in namespaces of theirs is left to those who keep it.
 * @param within namespaces that are looked at, with all others of the same owner, beside what holds in all of them
 * @throws RegistryError `unauthenticated`, `denied`
 */
export async function requireNoLess(
  parts: AccessParts,
  caller: Caller,
  {
    than,
    within,
    what,
  }: { readonly than: Grantee; readonly within: readonly string[]; readonly what: string },
): Promise<void> {
  const rights = await parts.book.current()
  const theirs = new Set(['*', ...within.flatMap((namespace) => rights.ownedWith(namespace))])
  for (const { grant, permissions } of rights.givenByName(than))
    if (theirs.has(grant.namespace))
      await requireOwnRights(parts, caller, { permissions, namespace: grant.namespace, what })
}
