import { type Claims, claimAt, textsOf } from '../../domain/claims.ts'
import { isRegistryError } from '../../domain/error.ts'
import { put } from '../../ports/store/change.ts'
import type { Caller } from '../ledger/caller.ts'
import type { AccessParts } from './access-parts.ts'
import { removeMember, setMember } from './members.ts'
import type { OutsideRules } from './outside-rules.ts'
import { identities } from './outside-tables.ts'
import { members, teamMembers } from './tables.ts'
import { addToTeam, removeFromTeam } from './teams.ts'

/** What the groups of an identity have given: nothing else is taken away when they are gone. */
interface Given {
  readonly teams: readonly string[]
  readonly organisations: readonly string[]
}

export const nothingGiven: string = JSON.stringify({ teams: [], organisations: [] })

/**
 * Puts somebody into the teams that are wanted for an identity of theirs, as members of those organisations, and out of those that other groups
 * have given before. `caller` is the registry itself: who may map groups is who writes its configuration.
 */
export async function giveTeams(
  parts: AccessParts,
  caller: Caller,
  { id, wanted }: { readonly id: string; readonly wanted: readonly string[] },
): Promise<void> {
  const { store } = parts.core
  const row = await store.get(identities, [id])
  if (row === undefined) return
  const { user } = row
  const before = JSON.parse(row.given) as Given
  const organisations = [...new Set(wanted.map((team) => split(team).organisation))]
  if (wanted.length === 0 && before.teams.length === 0 && before.organisations.length === 0) return
  const now = { teams: new Set(before.teams), organisations: new Set(before.organisations) }
  for (const organisation of organisations) {
    if ((await store.get(members, [organisation, user])) !== undefined) continue
    now.organisations.add(organisation)
    await tellGiven(parts, id, now)
    await ifThere(parts, organisation, () =>
      setMember(parts, caller, { organisation, user, membership: 'read' }),
    )
  }
  for (const team of wanted) {
    const which = split(team)
    if ((await store.get(teamMembers, [which.organisation, which.team, user])) !== undefined) continue
    now.teams.add(team)
    await tellGiven(parts, id, now)
    await ifThere(parts, team, () => addToTeam(parts, caller, { ...which, user }))
  }
  for (const team of before.teams) {
    if (wanted.includes(team)) continue
    await ifThere(parts, team, () => removeFromTeam(parts, caller, { ...split(team), user }))
    now.teams.delete(team)
  }
  for (const organisation of before.organisations) {
    if (organisations.includes(organisation)) continue
    const member = await store.get(members, [organisation, user])
    // Somebody has made more of them since, and keeps them.
    if (member?.membership === 'read')
      await ifThere(parts, organisation, () => removeMember(parts, caller, { organisation, user }))
    now.organisations.delete(organisation)
  }
  await tellGiven(parts, id, now)
}

/** Of the groups that somebody has elsewhere, as `acme/release`. */
export function teamsOf({ groupsClaim, teams }: OutsideRules, claims: Claims): readonly string[] {
  const groups = textsOf(claimAt(claims, groupsClaim))
  return [...new Set(groups.flatMap((group) => (Object.hasOwn(teams, group) ? (teams[group] ?? []) : [])))]
}

function split(team: string): { readonly organisation: string; readonly team: string } {
  const [organisation = '', name = ''] = team.split('/')
  return { organisation, team: name }
}

/** The configuration may name what is not there, or not any more: nobody is kept out by that. */
async function ifThere({ core }: AccessParts, what: string, change: () => Promise<void>): Promise<void> {
  try {
    await change()
  } catch (error) {
    if (!isRegistryError(error, 'account-unknown')) throw error
    core.telemetry.warn('a group is mapped to what is not there', { what })
  }
}

/** Written down before something is given, and after it was taken: what was given is never forgotten. */
async function tellGiven(
  { core }: AccessParts,
  id: string,
  {
    teams,
    organisations,
  }: { readonly teams: ReadonlySet<string>; readonly organisations: ReadonlySet<string> },
): Promise<void> {
  const given = JSON.stringify({ teams: [...teams], organisations: [...organisations] } satisfies Given)
  await core.ledger.keep(async () => {
    const row = await core.store.get(identities, [id])
    if (row === undefined || row.given === given) return { value: undefined, changes: [] }
    const { rev, ...rest } = row
    return { value: undefined, changes: [put(identities, { ...rest, given }, rev)] }
  })
}
