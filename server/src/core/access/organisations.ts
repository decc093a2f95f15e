import { RegistryError } from '../../domain/error.ts'
import { isMembership, type Membership } from '../../domain/role.ts'
import { put, remove } from '../../ports/store/change.ts'
import type { Change } from '../../ports/store/store.ts'
import type { Caller } from '../ledger/caller.ts'
import { eachRow } from '../ledger/each-row.ts'
import { type AccessParts, type NamespaceParts, requireFew, toldOf } from './access-parts.ts'
import { requireAccount } from './accounts.ts'
import { requireOwner } from './members.ts'
import { goingNamespace } from './namespaces.ts'
import { requireSomebody, seesOrganisation, unseen } from './require-seen.ts'
import { type AccountRow, accounts, grants, members, namespaceRules, teamMembers, teams } from './tables.ts'

/** Times in ms since 1970. */
export interface ShownOrganisation {
  readonly name: string
  readonly title: string
  readonly email: string
  readonly createdAt: number
}

export interface ShownMember {
  readonly user: string
  readonly membership: Membership
  readonly since: number
}

/**
 * Those that the caller sees, by name.
 * @throws RegistryError `unauthenticated`
 */
export async function listOrganisations(
  { core, book }: AccessParts,
  caller: Caller,
  { after = '', limit }: { readonly after?: string; readonly limit: number },
): Promise<{ readonly organisations: readonly ShownOrganisation[]; readonly more: boolean }> {
  requireSomebody(caller, 'seeing organisations')
  const rights = await book.current()
  const organisations: ShownOrganisation[] = []
  for await (const row of eachRow(core.store, accounts, { index: 'byKind', eq: ['organisation'] })) {
    if (row.name <= after || row.state === 'deleted') continue
    if (!seesOrganisation(rights, caller.principal, row.name)) continue
    if (organisations.length === limit) return { organisations, more: true }
    organisations.push(shown(row))
  }
  return { organisations, more: false }
}

/** @throws RegistryError `unauthenticated`; `account-unknown`, also to who may not know of it */
export async function showOrganisation(
  parts: AccessParts,
  caller: Caller,
  name: string,
): Promise<ShownOrganisation> {
  requireSomebody(caller, 'seeing organisations')
  const row = await parts.core.store.get(accounts, [name])
  const isThere = row?.kind === 'organisation' && row.state !== 'deleted'
  const sees = seesOrganisation(await parts.book.current(), caller.principal, name)
  if (row === undefined || !isThere || !sees) throw unseen('organisation', name)
  return shown(row)
}

/** By their names. @throws RegistryError `unauthenticated`, `account-unknown` */
export async function listMembers(
  parts: AccessParts,
  caller: Caller,
  organisation: string,
): Promise<readonly ShownMember[]> {
  await showOrganisation(parts, caller, organisation)
  const found: ShownMember[] = []
  for await (const { user, membership, at } of eachRow(parts.core.store, members, { eq: [organisation] }))
    if (isMembership(membership)) found.push({ user, membership, since: at })
  return found
}

/**
 * By an owner. With its members, teams, and the namespace of its name, which has to be empty, as its others have to be gone.
 * Nobody gets its name again.
 * @throws RegistryError `unauthenticated`, `denied`, `account-unknown`, `account-in-use`, `too-large`
 */
export async function deleteOrganisation(
  parts: NamespaceParts,
  caller: Caller,
  organisation: string,
): Promise<void> {
  const { store } = parts.core
  await parts.core.ledger.change(caller, async () => {
    await requireOwner(parts, caller, organisation, `deleting the organisation ${organisation}`)
    const { rev, ...account } = await requireAccount(parts, 'organisation', organisation)
    const gone = { ...account, state: 'deleted' as const, epoch: account.epoch + 1, title: '', email: '' }
    const changes: Change[] = [put(accounts, gone, rev)]
    for await (const rule of eachRow(store, namespaceRules, {
      index: 'byOwner',
      eq: [`organisation:${organisation}`],
    })) {
      if (rule.namespace !== organisation) throw inUse(organisation, rule.namespace)
      const going = await goingNamespace(parts, rule)
      if (going === undefined) throw inUse(organisation, `${rule.namespace}, which is not empty`)
      changes.push(...going)
    }
    for await (const row of eachRow(store, members, { eq: [organisation] }))
      changes.push(remove(members, [organisation, row.user], { rev: row.rev }))
    for await (const row of eachRow(store, teamMembers, { eq: [organisation] }))
      changes.push(remove(teamMembers, [organisation, row.team, row.user], { rev: row.rev }))
    for await (const { name, rev: of } of eachRow(store, teams, { eq: [organisation] })) {
      changes.push(remove(teams, [organisation, name], { rev: of }))
      const to = `team:${organisation}/${name}`
      // What was granted in its own namespace goes with that.
      for await (const row of eachRow(store, grants, { index: 'byGrantee', eq: [to] }))
        if (row.namespace !== organisation) changes.push(remove(grants, [row.id], { rev: row.rev }))
    }
    requireFew(changes, 'an organisation that is deleted, with its members, teams and grants,')
    return {
      value: undefined,
      changes,
      ...toldOf('account.delete', `organisation:${organisation}`, { namespace: organisation }),
    }
  })
}

function inUse(name: string, namespace: string): RegistryError<'account-in-use'> {
  return new RegistryError('account-in-use', { what: 'organisation', name, by: `the namespace ${namespace}` })
}

function shown({ name, title, email, createdAt }: AccountRow): ShownOrganisation {
  return { name, title, email, createdAt }
}
