import { type Grant, isWithin } from '../../domain/grant.ts'
import type { Permission, Target } from '../../domain/permission.ts'

/** A grant, with what its role stands for. */
export interface Given {
  readonly grant: Grant
  readonly permissions: ReadonlySet<Permission>
}

/** What one principal was given, by namespace. */
export type GivenTo = ReadonlyMap<string, readonly Given[]>

export const none: readonly Given[] = []

export const isByName = ({ grant: { to } }: Given): boolean => to !== 'anyone' && to !== 'users'

/** The first of them that gives it, of those that count. */
export function grantedBy(
  given: readonly Given[],
  { permission, target }: { readonly permission: Permission; readonly target: Target },
  counts: (one: Given) => boolean = () => true,
): Grant | undefined {
  return given.find((one) => one.permissions.has(permission) && isWithin(one.grant, target) && counts(one))
    ?.grant
}
