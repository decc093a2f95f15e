import { RegistryError } from '../../domain/error.ts'
import { insert, remove } from '../../ports/store/change.ts'
import type { Change, Stored } from '../../ports/store/store.ts'
import type { Caller } from '../ledger/caller.ts'
import { eachRow } from '../ledger/each-row.ts'
import { type AccessParts, inTurn, requireFew, requireRight, toldOf, wholeOf } from './access-parts.ts'
import { requireAccount } from './accounts.ts'
import { checkLine, checkName } from './check-account.ts'
import { requireNoLess } from './require-no-less.ts'
import { accounts, grants, members, type TeamRow, teamMembers, teams } from './tables.ts'

interface Which {
  readonly organisation: string
  readonly team: string
}

const shownOf = ({ organisation, team }: Which): string => `team:${organisation}/${team}`

/** @throws RegistryError `unauthenticated`, `denied`, `account-invalid`, `account-unknown`, `account-exists` */
export async function createTeam(
  parts: AccessParts,
  caller: Caller,
  { about = '', ...which }: Which & { readonly about?: string },
): Promise<void> {
  const row = {
    organisation: which.organisation,
    name: checkName(which.team, 'team'),
    about: checkLine(about, 'about'),
    at: parts.core.clock.now(),
  }
  await parts.core.ledger.change(caller, async () => {
    await requireManager(parts, caller, which)
    const account = await requireAccount(parts, 'organisation', which.organisation)
    if ((await findTeam(parts, which)) !== undefined)
      throw new RegistryError('account-exists', { what: 'team', name: which.team })
    return {
      value: undefined,
      changes: [inTurn(accounts, account), insert(teams, row)],
      ...toldOf('team.create', shownOf(which)),
    }
  })
}

/** With what it was granted: a team that is made later by the same name begins with nothing. */
export async function deleteTeam(parts: AccessParts, caller: Caller, which: Which): Promise<void> {
  await parts.core.ledger.change(caller, async () => {
    await requireManager(parts, caller, which)
    const { rev } = await requireTeam(parts, which)
    const changes: Change[] = [remove(teams, [which.organisation, which.team], { rev })]
    const { store } = parts.core
    for await (const row of eachRow(store, teamMembers, { eq: [which.organisation, which.team] }))
      changes.push(remove(teamMembers, [row.organisation, row.team, row.user], { rev: row.rev }))
    for await (const row of eachRow(store, grants, { index: 'byGrantee', eq: [shownOf(which)] }))
      changes.push(remove(grants, [row.id], { rev: row.rev }))
    requireFew(changes, 'a team that is deleted, with its members and grants,')
    return { value: undefined, changes, ...toldOf('team.delete', shownOf(which)) }
  })
}

/** Members of the organisation alone. Again changes nothing. @throws RegistryError `account-unknown`, `denied` */
export async function addToTeam(
  parts: AccessParts,
  caller: Caller,
  { user, ...which }: Which & { readonly user: string },
): Promise<void> {
  const { organisation, team } = which
  await parts.core.ledger.change(caller, async () => {
    await requireManager(parts, caller, which)
    const row = await requireTeam(parts, which)
    await requireNoLess(parts, caller, {
      than: `team:${organisation}/${team}`,
      within: [organisation],
      what: `adding somebody to ${shownOf(which)}, which may more than you,`,
    })
    const member = await parts.core.store.get(members, [organisation, user])
    if (member === undefined) throw new RegistryError('account-unknown', { what: 'member', name: user })
    if ((await parts.core.store.get(teamMembers, [organisation, team, user])) !== undefined)
      return { value: undefined, changes: [] }
    return {
      value: undefined,
      changes: [
        // Neither the team nor the member goes meanwhile and leaves this behind.
        inTurn(teams, row),
        inTurn(members, member),
        insert(teamMembers, { organisation, team, user, at: parts.core.clock.now() }),
      ],
      ...toldOf('team.add', shownOf(which), { after: `user:${user}` }),
    }
  })
}

/** @throws RegistryError `account-unknown`, `denied` */
export async function removeFromTeam(
  parts: AccessParts,
  caller: Caller,
  { user, ...which }: Which & { readonly user: string },
): Promise<void> {
  const { organisation, team } = which
  await parts.core.ledger.change(caller, async () => {
    await requireManager(parts, caller, which)
    const row = await parts.core.store.get(teamMembers, [organisation, team, user])
    if (row === undefined) throw new RegistryError('account-unknown', { what: 'member', name: user })
    return {
      value: undefined,
      changes: [remove(teamMembers, [organisation, team, user], { rev: row.rev })],
      ...toldOf('team.remove', shownOf(which), { before: `user:${user}` }),
    }
  })
}

export async function requireTeam(parts: AccessParts, which: Which): Promise<Stored<TeamRow>> {
  const row = await findTeam(parts, which)
  if (row === undefined) throw new RegistryError('account-unknown', { what: 'team', name: which.team })
  return row
}

async function findTeam(
  { core }: AccessParts,
  { organisation, team }: Which,
): Promise<Stored<TeamRow> | undefined> {
  return await core.store.get(teams, [organisation, team])
}

async function requireManager(
  parts: AccessParts,
  caller: Caller,
  { organisation, team }: Which,
): Promise<void> {
  await requireRight(parts, caller, {
    permission: 'members:manage',
    target: wholeOf(organisation),
    what: `changing the team ${organisation}/${team}`,
  })
}
