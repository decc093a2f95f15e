import type { Grantee } from '../../domain/grant.ts'
import type { Permission } from '../../domain/permission.ts'
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
 * Nobody gives what they do not have. What is asked of the registry alone is not given in one namespace.
 * @throws RegistryError `unauthenticated`, `denied`
 */
export async function requireOwnRights(
  parts: AccessParts,
  caller: Caller,
  { permissions, namespace, what }: Given,
): Promise<void> {
  const isEverywhere = namespace === '*'
  for (const permission of permissions)
    if (isEverywhere || !registryWide.has(permission))
      await requireRight(parts, caller, { permission, target: wholeOf(isEverywhere ? '' : namespace), what })
}

/**
 * Nobody comes by more than they have through somebody else's account, robot or team: whoever hands out a way into it may do
 * what it was granted there. What others granted it in namespaces of theirs is left to those who keep it.
 * @param within namespaces that are looked at, beside what holds in all of them
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
  for (const { grant, permissions } of rights.givenByName(than))
    if (grant.namespace === '*' || within.includes(grant.namespace))
      await requireOwnRights(parts, caller, { permissions, namespace: grant.namespace, what })
}
