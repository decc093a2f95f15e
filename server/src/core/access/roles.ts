import { RegistryError } from '../../domain/error.ts'
import { permissions as every, isPermission, type Permission } from '../../domain/permission.ts'
import { builtInRoles } from '../../domain/role.ts'
import { insert, put, remove } from '../../ports/store/change.ts'
import type { Caller } from '../ledger/caller.ts'
import { eachRow } from '../ledger/each-row.ts'
import { type AccessParts, requireRight, toldOf, wholeOf } from './access-parts.ts'
import { checkLine, checkName, invalid } from './check-account.ts'
import { requireSomebody } from './require-seen.ts'
import { grants, type RoleRow, roles } from './tables.ts'

export interface ShownRole {
  readonly name: string
  readonly about: string
  readonly permissions: readonly Permission[]
  /** It is there from the beginning, and stays as it is. */
  readonly builtIn: boolean
}

/** @throws RegistryError `unauthenticated` */
export async function listRoles({ core }: AccessParts, caller: Caller): Promise<readonly ShownRole[]> {
  requireSomebody(caller, 'seeing roles')
  const found = Object.entries(builtInRoles).map(
    ([name, held]): ShownRole => ({ name, about: '', permissions: [...held], builtIn: true }),
  )
  for await (const row of eachRow(core.store, roles))
    found.push({ name: row.name, about: row.about, permissions: permissionsOf(row), builtIn: false })
  return found
}

/**
 * Makes a role, or another one of it: whoever was granted it may what it has from then on. Nobody gives it, and nobody takes
 * from it, what they may not do everywhere.
 * @throws RegistryError `unauthenticated`, `denied`, `account-invalid`, `account-exists`
 */
export async function setRole(
  parts: AccessParts,
  caller: Caller,
  { name, about = '', permissions }: { name: string; about?: string; permissions: readonly string[] },
): Promise<void> {
  checkName(name)
  if (Object.hasOwn(builtInRoles, name)) throw new RegistryError('account-exists', { what: 'role', name })
  const strange = permissions.find((permission) => !isPermission(permission))
  if (strange !== undefined) throw invalid('permissions', `there is no permission ${JSON.stringify(strange)}`)
  if (permissions.length === 0) throw invalid('permissions', 'there is none')
  const held = every.filter((permission) => permissions.includes(permission))
  const row = { name, about: checkLine(about, 'about'), permissions: held.join(' ') }
  await parts.core.ledger.change(caller, async () => {
    const what = `changing the role ${name}`
    await requireGranting(parts, caller, what)
    const current = await parts.core.store.get(roles, [name])
    await requireAll(parts, caller, { held: [...held, ...(current ? permissionsOf(current) : [])], what })
    if (current?.permissions === row.permissions && current.about === row.about)
      return { value: undefined, changes: [] }
    return {
      value: undefined,
      changes: [current === undefined ? insert(roles, row) : put(roles, row, current.rev)],
      ...toldOf('role.set', `role:${name}`, { before: current?.permissions ?? '', after: row.permissions }),
    }
  })
}

/** One that somebody has stays. @throws RegistryError `unauthenticated`, `denied`, `account-unknown`, `account-in-use` */
export async function deleteRole(parts: AccessParts, caller: Caller, name: string): Promise<void> {
  const { store } = parts.core
  await parts.core.ledger.change(caller, async () => {
    const what = `deleting the role ${name}`
    await requireGranting(parts, caller, what)
    const row = await store.get(roles, [name])
    if (row === undefined) throw new RegistryError('account-unknown', { what: 'role', name })
    await requireAll(parts, caller, { held: permissionsOf(row), what })
    for await (const { role, id } of eachRow(store, grants))
      if (role === name)
        throw new RegistryError('account-in-use', { what: 'role', name, by: `the grant ${id}` })
    return {
      value: undefined,
      changes: [remove(roles, [name], { rev: row.rev })],
      ...toldOf('role.delete', `role:${name}`, { before: row.permissions }),
    }
  })
}

function permissionsOf({ permissions }: RoleRow): readonly Permission[] {
  return permissions.split(' ').filter(isPermission)
}

async function requireGranting(parts: AccessParts, caller: Caller, what: string): Promise<void> {
  await requireRight(parts, caller, { permission: 'grants:manage', target: wholeOf(''), what })
}

async function requireAll(
  parts: AccessParts,
  caller: Caller,
  { held, what }: { readonly held: readonly Permission[]; readonly what: string },
): Promise<void> {
  for (const permission of held) await requireRight(parts, caller, { permission, target: wholeOf(''), what })
}
