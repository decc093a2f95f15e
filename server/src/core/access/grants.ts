import { RegistryError } from '../../domain/error.ts'
import { type Grant, type Grantee, type GrantScope, isGrantee } from '../../domain/grant.ts'
import { type Permission, permissions } from '../../domain/permission.ts'
import { describePrincipal } from '../../domain/principal.ts'
import { isRepositorySegment } from '../../domain/repository-name.ts'
import { builtInRoles } from '../../domain/role.ts'
import { timeOrderedId } from '../../domain/time-ordered-id.ts'
import { insert, remove } from '../../ports/store/change.ts'
import type { Change } from '../../ports/store/store.ts'
import type { Caller } from '../ledger/caller.ts'
import { type AccessParts, inTurn, requireRight, toldOf, wholeOf } from './access-parts.ts'
import { requireAccount } from './accounts.ts'
import { invalid } from './check-account.ts'
import { requireOwnRights } from './require-no-less.ts'
import { type GrantRow, grants, robots, roles, teams } from './tables.ts'

const longestGlob = 200

export interface NewGrant extends GrantScope {
  readonly to: Grantee
  readonly role: string
}

/**
 * Nobody gives what they do not have: whoever may grant in a namespace gives no right there that is not theirs.
 * @returns its id
 * @throws RegistryError `unauthenticated`, `denied`, `account-invalid`, `account-unknown`
 */
export async function giveGrant(parts: AccessParts, caller: Caller, asked: NewGrant): Promise<string> {
  const { core } = parts
  checkScope(asked)
  const id = timeOrderedId(core.clock.now(), core.random.uuid())
  return await core.ledger.change(caller, async () => {
    await requireGranting(parts, caller, asked)
    const { held, guards } = await readRole(parts, asked.role)
    const { to, role, namespace, kind, name } = asked
    const what = `giving the role ${role} in ${namespace === '*' ? 'all namespaces' : namespace}`
    await requireOwnRights(parts, caller, { permissions: held, namespace, what })
    const row = {
      id,
      to,
      role,
      namespace,
      kind,
      name,
      by: describePrincipal(caller.principal),
      at: core.clock.now(),
    }
    return {
      value: id,
      changes: [insert(grants, row), ...guards, ...(await granteeGuards(parts, to))],
      ...toldOf('grant.give', shownGrant(row), { after: id, namespace: namespaceOfGrant(row) }),
    }
  })
}

/** @throws RegistryError `unauthenticated`, `denied`, `account-unknown` */
export async function takeGrant(parts: AccessParts, caller: Caller, id: string): Promise<void> {
  await parts.core.ledger.change(caller, async () => {
    const row = await parts.core.store.get(grants, [id])
    const namespace = row?.namespace ?? '*'
    // Whether it is there, and where, is said to those alone who may take it.
    const target = wholeOf(namespace === '*' ? '' : namespace)
    await requireRight(parts, caller, { permission: 'grants:manage', target, what: `taking the grant ${id}` })
    if (row === undefined) throw new RegistryError('account-unknown', { what: 'grant', name: id })
    return {
      value: undefined,
      changes: [remove(grants, [id], { rev: row.rev })],
      ...toldOf('grant.take', shownGrant(row), { before: id, namespace: namespaceOfGrant(row) }),
    }
  })
}

export function shownGrant({
  to,
  role,
  namespace,
  kind,
  name,
}: Omit<Grant, 'id' | 'to'> & { to: string }): string {
  return `${to} ${role} ${kind}:${namespace}/${name}`
}

/** @throws RegistryError `account-invalid` */
export function checkScope({ namespace, kind, name }: GrantScope): void {
  if (namespace !== '*' && !isRepositorySegment(namespace))
    throw invalid('namespace', 'it is neither the name of a namespace nor *')
  for (const [field, glob] of [
    ['kind', kind],
    ['name', name],
  ] as const) {
    if (glob.length === 0 || glob.length > longestGlob)
      throw invalid(field, `it is empty, or longer than ${longestGlob} characters`)
    if (!/^[a-z0-9._/*-]+$/.test(glob))
      throw invalid(field, 'it has something else than a-z, 0-9, . _ - / and *, which stands for anything')
  }
}

async function requireGranting(
  parts: AccessParts,
  caller: Caller,
  { namespace }: Pick<GrantScope, 'namespace'>,
): Promise<void> {
  await requireRight(parts, caller, {
    permission: 'grants:manage',
    target: wholeOf(namespace === '*' ? '' : namespace),
    what: namespace === '*' ? 'granting rights in all namespaces' : `granting rights in ${namespace}`,
  })
}

/** @throws RegistryError `account-unknown` */
async function readRole(
  { core }: AccessParts,
  name: string,
): Promise<{ readonly held: ReadonlySet<Permission>; readonly guards: readonly Change[] }> {
  const builtIn = Object.hasOwn(builtInRoles, name) ? builtInRoles[name] : undefined
  if (builtIn !== undefined) return { held: builtIn, guards: [] }
  const row = await core.store.get(roles, [name])
  if (row === undefined) throw new RegistryError('account-unknown', { what: 'role', name })
  const own = row.permissions.split(' ')
  return {
    held: new Set(permissions.filter((permission) => own.includes(permission))),
    // It may do no more by the time that it is given, and does not go with this left behind.
    guards: [inTurn(roles, row)],
  }
}

/** Whoever is given something is there. @throws RegistryError `account-invalid`, `account-unknown` */
async function granteeGuards(parts: AccessParts, to: Grantee): Promise<readonly Change[]> {
  if (!isGrantee(to))
    throw invalid('to', 'it is not anyone, users, user:<name>, team:<org>/<team> or robot:<namespace>/<name>')
  const [what = '', rest = ''] = to.split(/:(.*)/s)
  const [first = '', second = ''] = rest.split('/')
  switch (what) {
    case 'user': {
      await requireAccount(parts, 'user', rest)
      return []
    }
    case 'team': {
      const row = await parts.core.store.get(teams, [first, second])
      if (row === undefined) throw new RegistryError('account-unknown', { what: 'team', name: rest })
      return [inTurn(teams, row)]
    }
    case 'robot': {
      const row = await parts.core.store.get(robots, [first, second])
      if (row === undefined) throw new RegistryError('account-unknown', { what: 'robot', name: rest })
      return [inTurn(robots, row)]
    }
    default:
      return []
  }
}

/** Whose it is to know of; of a grant in all of them, the registry's. */
function namespaceOfGrant({ namespace }: GrantRow): string {
  return namespace === '*' ? '' : namespace
}
