import { RegistryError } from '../../domain/error.ts'
import { isNamespaceVisibility, type NamespaceVisibility } from '../../domain/namespace-settings.ts'
import { scopesOf } from '../../domain/principal.ts'
import { ownerPermissions } from '../../domain/role.ts'
import { put, remove } from '../../ports/store/change.ts'
import type { Change, Stored } from '../../ports/store/store.ts'
import type { Caller } from '../ledger/caller.ts'
import { eachRow } from '../ledger/each-row.ts'
import {
  type AccessParts,
  inTurn,
  type NamespaceParts,
  requireFew,
  requireRight,
  toldOf,
  wholeOf,
} from './access-parts.ts'
import { ownNamespace, requireAccount, requireNothingIn } from './accounts.ts'
import { checkName, invalid } from './check-account.ts'
import { requireOwner } from './members.ts'
import { requireOwnRights } from './require-no-less.ts'
import { isNamespaceOwner, type NamespaceOwner } from './rights.ts'
import { accounts, grants, keys, type NamespaceRuleRow, namespaceRules, robots } from './tables.ts'

export interface NewNamespace {
  readonly namespace: string
  readonly owner: NamespaceOwner
  /** `private` where nothing is said. */
  readonly visibility?: NamespaceVisibility
}

/**
 * Users make their own, owners and admins of an organisation make the organisation's. Names are those of accounts too.
 * @throws RegistryError `unauthenticated`, `denied`, `account-invalid`, `account-unknown`, `account-exists`
 */
export async function createNamespace(
  parts: NamespaceParts,
  caller: Caller,
  { namespace, owner, visibility = 'private' }: NewNamespace,
): Promise<void> {
  const { core } = parts
  checkName(namespace, 'namespace')
  if (!isNamespaceVisibility(visibility)) throw invalid('visibility', 'it is not public, internal or private')
  await core.ledger.change(caller, async () => {
    await requireReceiving(parts, caller, { owner, what: `making the namespace ${namespace} of ${owner}` })
    const account = await requireOwning(parts, owner)
    const named = await core.store.get(accounts, [namespace])
    const isOwn = named !== undefined && named.name === account.name
    if ((named !== undefined && !isOwn) || (await findRule(parts, namespace)) !== undefined)
      throw new RegistryError('account-exists', { what: 'namespace', name: namespace })
    const guards = await requireNothingIn(parts, caller, namespace)
    return {
      value: undefined,
      changes: [inTurn(accounts, account), ownNamespace(parts, { namespace, owner, visibility }), ...guards],
      ...toldOf('namespace.create', namespace, { namespace, after: `${owner} ${visibility}` }),
    }
  })
}

/**
 * By its owner, to themselves or to an organisation that they may do so for; what was granted in it stays. That of an
 * account's own name stays the account's.
 * @throws RegistryError `unauthenticated`, `denied`, `account-unknown`, `account-in-use`
 */
export async function transferNamespace(
  parts: AccessParts,
  caller: Caller,
  { namespace, to }: { readonly namespace: string; readonly to: NamespaceOwner },
): Promise<void> {
  const what = `transferring the namespace ${namespace} to ${to}`
  await parts.core.ledger.change(caller, async () => {
    const row = await findRule(parts, namespace)
    await requireOwnerOf(parts, caller, { row, what })
    await requireReceiving(parts, caller, { owner: to, what })
    if (row === undefined) throw new RegistryError('account-unknown', { what: 'namespace', name: namespace })
    // Who looks after users alone gives away nothing that they may not do there, to themselves or to anybody.
    await requireOwnRights(parts, caller, { permissions: ownerPermissions, namespace, what })
    const account = await requireOwning(parts, to)
    const { rev, ...rule } = row
    if (rule.owner === to) return { value: undefined, changes: [] }
    if ((await parts.core.store.get(accounts, [namespace])) !== undefined)
      throw new RegistryError('account-in-use', {
        what: 'namespace',
        name: namespace,
        by: 'the account of its name',
      })
    return {
      value: undefined,
      changes: [inTurn(accounts, account), put(namespaceRules, { ...rule, owner: to }, rev)],
      ...toldOf('namespace.transfer', namespace, { namespace, before: rule.owner, after: to }),
    }
  })
}

/**
 * By its owner, once there is nothing in it. What was granted in it goes with it, and its robots with their keys: whoever has
 * a namespace by that name later begins with nothing.
 * @throws RegistryError `unauthenticated`, `denied`, `account-unknown`, `account-in-use`, `too-large`
 */
export async function deleteNamespace(
  parts: NamespaceParts,
  caller: Caller,
  namespace: string,
): Promise<void> {
  await parts.core.ledger.change(caller, async () => {
    const row = await findRule(parts, namespace)
    await requireOwnerOf(parts, caller, { row, what: `deleting the namespace ${namespace}` })
    if (row === undefined) throw new RegistryError('account-unknown', { what: 'namespace', name: namespace })
    const changes = await goingNamespace(parts, row)
    if (changes === undefined)
      throw new RegistryError('account-in-use', {
        what: 'namespace',
        name: namespace,
        by: 'something in it, or deleted and not yet purged',
      })
    requireFew(changes, 'a namespace that is deleted, with its grants, robots and keys,')
    return {
      value: undefined,
      changes,
      ...toldOf('namespace.delete', namespace, { namespace, before: row.owner }),
    }
  })
}

/** undefined: it is not empty. */
export async function goingNamespace(
  parts: NamespaceParts,
  { namespace, rev }: Stored<NamespaceRuleRow>,
): Promise<readonly Change[] | undefined> {
  const guards = await parts.whileEmpty(namespace)
  if (guards === undefined) return undefined
  const { store } = parts.core
  const changes = [...guards, remove(namespaceRules, [namespace], { rev })]
  for await (const row of eachRow(store, grants, { index: 'byNamespace', eq: [namespace] }))
    changes.push(remove(grants, [row.id], { rev: row.rev }))
  for await (const robot of eachRow(store, robots, { eq: [namespace] }))
    changes.push(...(await goingRobot(parts, robot, namespace)))
  return changes
}

/** With its keys, and with what it was granted outside of `within`, whose grants go by themselves. */
export async function goingRobot(
  { core: { store } }: AccessParts,
  { namespace, name, rev }: { namespace: string; name: string; rev: Stored<NamespaceRuleRow>['rev'] },
  within?: string,
): Promise<readonly Change[]> {
  const who = `robot:${namespace}/${name}`
  const changes: Change[] = [remove(robots, [namespace, name], { rev })]
  for await (const row of eachRow(store, keys, { index: 'byOwner', eq: [who] }))
    changes.push(remove(keys, [row.id]))
  for await (const row of eachRow(store, grants, { index: 'byGrantee', eq: [who] }))
    if (row.namespace !== within) changes.push(remove(grants, [row.id], { rev: row.rev }))
  return changes
}

export async function findRule(
  { core }: AccessParts,
  namespace: string,
): Promise<Stored<NamespaceRuleRow> | undefined> {
  return await core.store.get(namespaceRules, [namespace])
}

/** Of one that is not there, who may manage users alone is told so. */
async function requireOwnerOf(
  parts: AccessParts,
  caller: Caller,
  { row, what }: { readonly row: NamespaceRuleRow | undefined; readonly what: string },
): Promise<void> {
  const { principal } = caller
  const owner = row?.owner ?? ''
  if (principal.kind === 'user' && owner === `user:${principal.name}` && scopesOf(principal) === undefined)
    return
  await requireOwner(parts, caller, owner.startsWith('organisation:') ? owner.slice(13) : '', what)
}

/** Nobody is made the owner of something who has not asked for it. */
async function requireReceiving(
  parts: AccessParts,
  caller: Caller,
  { owner, what }: { readonly owner: NamespaceOwner; readonly what: string },
): Promise<void> {
  const { principal } = caller
  if (principal.kind === 'user' && scopesOf(principal) === undefined) {
    if (owner === `user:${principal.name}`) return
    const membership = (await parts.book.current()).membershipOf(principal.name, owner.split(':')[1] ?? '')
    if (owner.startsWith('organisation:') && (membership === 'owner' || membership === 'admin')) return
  }
  await requireRight(parts, caller, { permission: 'users:manage', target: wholeOf(''), what })
}

/** Touched by what makes it own something: it does not go meanwhile. @throws RegistryError `account-invalid`, `account-unknown` */
async function requireOwning(parts: AccessParts, owner: string): ReturnType<typeof requireAccount> {
  const [kind, name = ''] = owner.split(/:(.*)/s)
  if (!isNamespaceOwner(owner) || (kind !== 'user' && kind !== 'organisation'))
    throw invalid('owner', 'it is not user:<name> or organisation:<name>')
  return await requireAccount(parts, kind, name)
}
