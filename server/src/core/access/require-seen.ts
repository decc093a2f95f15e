import { type AccountKind, RegistryError } from '../../domain/error.ts'
import { type Permission, permissions } from '../../domain/permission.ts'
import { type Principal, scopesOf } from '../../domain/principal.ts'
import type { Caller } from '../ledger/caller.ts'
import { wholeOf } from './access-parts.ts'
import type { Rights } from './rights.ts'

/** Whoever says who they are may see something. @throws RegistryError `unauthenticated` */
export function requireSomebody({ principal }: Caller, what: string): void {
  if (principal.kind === 'anonymous')
    throw new RegistryError('unauthenticated', { reason: `log in for ${what}` })
}

/** What one may not know of is answered as what is not there. */
export function unseen(what: AccountKind, name: string): RegistryError<'account-unknown'> {
  return new RegistryError('account-unknown', { what, name }, { isOfRights: true })
}

/** Its members do, and whoever may manage them. */
export function seesOrganisation(rights: Rights, principal: Principal, organisation: string): boolean {
  if (
    principal.kind === 'user' &&
    scopesOf(principal) === undefined &&
    rights.membershipOf(principal.name, organisation) !== undefined
  )
    return true
  return (
    rights.decide(principal, 'members:manage', wholeOf(organisation)).allowed ||
    rights.decide(principal, 'users:manage', wholeOf('')).allowed
  )
}

/** Whoever may do anything in it does. */
export function seesNamespace(rights: Rights, principal: Principal, namespace: string): boolean {
  return permissions.some((permission: Permission) => rights.mayWithin(principal, permission, namespace))
}
