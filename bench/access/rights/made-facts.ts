import { Chance } from '../../../server/src/core/seed/chance.ts'
import type { Grant, Grantee } from '../../../server/src/domain/grant.ts'
import type { NamespaceVisibility } from '../../../server/src/domain/namespace-settings.ts'
import type { Permission } from '../../../server/src/domain/permission.ts'
import type { Membership } from '../../../server/src/domain/role.ts'

export interface RightsSizes {
  readonly grants: number
  readonly teams: number
  readonly users: number
}

/** The rights of a registry that many organisations share, the same for the same sizes. */
export interface MadeFacts {
  /** Namespaces are called as the organisations are that own them. */
  readonly organisations: readonly { readonly name: string; readonly visibility: NamespaceVisibility }[]
  readonly users: readonly string[]
  readonly members: readonly { organisation: string; user: string; membership: Membership }[]
  readonly teams: readonly { organisation: string; name: string }[]
  readonly teamMembers: readonly { organisation: string; team: string; user: string }[]
  readonly role: { readonly name: string; readonly permissions: readonly Permission[] }
  readonly grants: readonly Grant[]
}

const teamsOfOrganisation = 5
const teamsOfUser = 5
const ownRole: MadeFacts['role'] = {
  name: 'tagger',
  permissions: ['artifacts:read', 'tags:move', 'tags:delete'],
}
const roles: [string, ...string[]] = ['viewer', 'editor', 'writer', 'releaser', ownRole.name]
const globs: [string, ...string[]] = ['*', 'app-1*', 'app-*', 'app-7', '*-3', 'app-2*']
const visibilities: [NamespaceVisibility, ...NamespaceVisibility[]] = [
  ...(['public', 'internal'] as const),
  ...Array.from({ length: 8 }, () => 'private' as const),
]
const memberships: [Membership, ...Membership[]] = ['read', 'read', 'read', 'write', 'admin', 'owner']

export function madeFacts({ grants, teams: teamCount, users: userCount }: RightsSizes): MadeFacts {
  const chance = new Chance('rights', grants, teamCount, userCount)
  const organisationCount = Math.max(1, Math.ceil(teamCount / teamsOfOrganisation))
  const organisations = Array.from({ length: organisationCount }, (_, at) => ({
    name: `org-${at}`,
    visibility: chance.pick(visibilities),
  }))
  const teams = Array.from({ length: teamCount }, (_, at) => ({
    organisation: `org-${at % organisationCount}`,
    name: `team-${at}`,
  }))
  const users = Array.from({ length: userCount }, (_, at) => `user-${at}`)
  const teamMembers = users.flatMap((user) =>
    drawnTeams(chance, teams).map(({ organisation, name: team }) => ({ organisation, team, user })),
  )
  return {
    organisations,
    users,
    teams,
    teamMembers,
    members: membersOf(chance, teamMembers),
    role: ownRole,
    grants: Array.from({ length: grants }, (_, at) => grantAt(at, chance, { organisations, teams, users })),
  }
}

/** Different ones. */
function drawnTeams(chance: Chance, teams: MadeFacts['teams']): MadeFacts['teams'] {
  const drawn = Array.from({ length: teamsOfUser }, () => teams[chance.int(teams.length)])
  return [...new Set(drawn)].filter((team) => team !== undefined)
}

/** Whoever is in a team is in its organisation. */
function membersOf(chance: Chance, teamMembers: MadeFacts['teamMembers']): MadeFacts['members'] {
  const pairs = new Map(
    teamMembers.map(({ organisation, user }) => [`${organisation} ${user}`, { organisation, user }]),
  )
  return [...pairs.values()].map((pair) => ({ ...pair, membership: chance.pick(memberships) }))
}

type Peopled = Pick<MadeFacts, 'organisations' | 'teams' | 'users'>

function grantAt(at: number, chance: Chance, peopled: Peopled): Grant {
  const { organisations, teams } = peopled
  const organisation = organisations[chance.int(organisations.length)]?.name ?? ''
  const team = teams[chance.int(teams.length)] ?? { organisation, name: '' }
  const to = drawnGrantee(chance, peopled, { organisation, team })
  // Teams are given what their organisation has, and what others have.
  const isOwn = to.startsWith('team:') && chance.isTrue(0.5)
  const namespace = isOwn ? team.organisation : organisation
  return {
    id: `grant-${String(at).padStart(6, '0')}`,
    to,
    role: chance.pick(roles),
    namespace: chance.isTrue(1 / 40) ? '*' : namespace,
    kind: chance.isTrue(1 / 3) ? 'image' : '*',
    name: chance.pick(globs),
  }
}

/** Most are for teams, some for one user or one machine, and few for everybody. */
function drawnGrantee(
  chance: Chance,
  { users }: Peopled,
  { organisation, team }: { readonly organisation: string; readonly team: MadeFacts['teams'][number] },
): Grantee {
  const draw = chance.share()
  if (draw < 0.001) return 'anyone'
  if (draw < 0.002) return 'users'
  if (draw < 0.1) return `robot:${organisation}/ci`
  if (draw < 0.3) return `user:${users[chance.int(users.length)] ?? ''}`
  return `team:${team.organisation}/${team.name}`
}
