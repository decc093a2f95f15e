import { RegistryError } from '../../domain/error.ts'
import { scopesOf } from '../../domain/principal.ts'
import { type Membership, membershipPermissions } from '../../domain/role.ts'
import { insert, put, remove } from '../../ports/store/change.ts'
import type { Change, Stored } from '../../ports/store/store.ts'
import type { Caller } from '../ledger/caller.ts'
import { eachRow } from '../ledger/each-row.ts'
import { type AccessParts, inTurn, requireRight, toldOf, wholeOf } from './access-parts.ts'
import { requireAccount } from './accounts.ts'
import { requireOwnRights } from './require-no-less.ts'
import { seesOrganisation, unseen } from './require-seen.ts'
import { type AccountRow, accounts, type MemberRow, members, teamMembers } from './tables.ts'

interface Which {
  readonly organisation: string
  readonly user: string
}

/**
 * Makes somebody a member, or another kind of one. Owners are made and unmade by owners.
 * @throws RegistryError `unauthenticated`, `denied`, `account-unknown`, `last-owner`
 */
export async function setMember(
  parts: AccessParts,
  caller: Caller,
  { organisation, user, membership }: Which & { readonly membership: Membership },
): Promise<void> {
  await parts.core.ledger.change(caller, async () => {
    await requireManager(parts, caller, organisation)
    const { account, current } = await readMember(parts, { organisation, user })
    await requireAccount(parts, 'user', user)
    if (current?.membership === membership) return { value: undefined, changes: [] }
    const row = { organisation, user, membership, at: parts.core.clock.now() }
    const [permissions, what] = [
      membershipPermissions[membership],
      `making somebody ${membership} of ${organisation}`,
    ]
    // It holds in all that is the organisation's, and not only where the caller looks after members.
    for (const namespace of (await parts.book.current()).ownedWith(organisation))
      await requireOwnRights(parts, caller, { permissions, namespace, what })
    if (membership === 'owner' || current?.membership === 'owner')
      await requireOwner(parts, caller, organisation)
    if (current?.membership === 'owner') await requireOtherOwner(parts, { organisation, user })
    return {
      value: undefined,
      changes: [
        // Changes of the members of one organisation come one after the other: what was read of the others is still so.
        inTurn(accounts, account),
        current === undefined ? insert(members, row) : put(members, row, current.rev),
      ],
      ...toldOf('member.set', `organisation:${organisation}`, {
        before: current === undefined ? '' : `user:${user} ${current.membership}`,
        after: `user:${user} ${membership}`,
      }),
    }
  })
}

/**
 * Out of the organisation, and of all its teams. Everybody may leave.
 * @throws RegistryError `unauthenticated`, `denied`, `account-unknown`, `last-owner`
 */
export async function removeMember(parts: AccessParts, caller: Caller, which: Which): Promise<void> {
  const { organisation, user } = which
  await parts.core.ledger.change(caller, async () => {
    if (!isSelf(caller, user)) await requireManager(parts, caller, organisation)
    const { account, current } = await readMember(parts, which)
    if (current === undefined) throw await nobodyThere(parts, caller, which)
    if (current.membership === 'owner') {
      if (!isSelf(caller, user)) await requireOwner(parts, caller, organisation)
      await requireOtherOwner(parts, which)
    }
    const changes: Change[] = [
      inTurn(accounts, account),
      remove(members, [organisation, user], { rev: current.rev }),
    ]
    for await (const row of eachRow(parts.core.store, teamMembers, { index: 'byUser', eq: [user] }))
      if (row.organisation === organisation)
        changes.push(remove(teamMembers, [organisation, row.team, user], { rev: row.rev }))
    return {
      value: undefined,
      changes,
      ...toldOf('member.remove', `organisation:${organisation}`, {
        before: `user:${user} ${current.membership}`,
      }),
    }
  })
}

/** Whoever does not belong to an organisation is not told by leaving it that it is there. */
async function nobodyThere(
  { book }: AccessParts,
  { principal }: Caller,
  { organisation, user }: Which,
): Promise<RegistryError> {
  return seesOrganisation(await book.current(), principal, organisation)
    ? new RegistryError('account-unknown', { what: 'member', name: user })
    : unseen('organisation', organisation)
}

const isSelf = ({ principal }: Caller, user: string): boolean =>
  principal.kind === 'user' && principal.name === user && principal.via?.scopes === undefined

async function requireManager(parts: AccessParts, caller: Caller, organisation: string): Promise<void> {
  await requireRight(parts, caller, {
    permission: 'members:manage',
    target: wholeOf(organisation),
    what: `changing who belongs to ${organisation}`,
  })
}

async function readMember(
  parts: AccessParts,
  { organisation, user }: Which,
): Promise<{ readonly account: Stored<AccountRow>; readonly current: Stored<MemberRow> | undefined }> {
  const account = await requireAccount(parts, 'organisation', organisation)
  return { account, current: await parts.core.store.get(members, [organisation, user]) }
}

async function requireOtherOwner({ core }: AccessParts, { organisation, user }: Which): Promise<void> {
  for await (const row of eachRow(core.store, members, { eq: [organisation] }))
    if (row.membership === 'owner' && row.user !== user) return
  throw new RegistryError('last-owner', { organisation })
}

/** An admin of an organisation may all else, and a key that is good for less than its owner none of it. */
export async function requireOwner(
  parts: AccessParts,
  caller: Caller,
  organisation: string,
  what: string = `making or unmaking owners of ${organisation}`,
): Promise<void> {
  const { principal } = caller
  const rights = await parts.book.current()
  const isOwner = principal.kind === 'user' && rights.membershipOf(principal.name, organisation) === 'owner'
  if (isOwner && scopesOf(principal) === undefined) return
  await requireRight(parts, caller, {
    permission: 'users:manage',
    target: wholeOf(''),
    what,
  })
}
