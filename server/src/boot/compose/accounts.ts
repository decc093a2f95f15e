import type { NamespaceParts } from '../../core/access/access-parts.ts'
import { createOrganisation, createUser, setUserState } from '../../core/access/accounts.ts'
import { giveGrant, takeGrant } from '../../core/access/grants.ts'
import { makeKey, revokeKey } from '../../core/access/keys.ts'
import {
  changeEmail,
  datedLinkFor,
  inviteUser,
  linkFor,
  requestReset,
  verifyEmail,
} from '../../core/access/letters.ts'
import { listGrants } from '../../core/access/list-grants.ts'
import { listKeys } from '../../core/access/list-keys.ts'
import { listTeams, showTeam } from '../../core/access/list-teams.ts'
import { listUsers } from '../../core/access/list-users.ts'
import { removeMember, setMember } from '../../core/access/members.ts'
import { changeSettings, listNamespaces, showNamespace } from '../../core/access/namespace-settings.ts'
import { createNamespace, deleteNamespace, transferNamespace } from '../../core/access/namespaces.ts'
import {
  deleteOrganisation,
  listMembers,
  listOrganisations,
  showOrganisation,
} from '../../core/access/organisations.ts'
import { changeRobot, createRobot, deleteRobot, listRobots } from '../../core/access/robots.ts'
import { deleteRole, listRoles, setRole } from '../../core/access/roles.ts'
import {
  beginSession,
  endSessions,
  listSessions,
  type NewSession,
  type SessionSettings,
} from '../../core/access/sessions.ts'
import { changePassword, type PasswordParts, setPasswordByLink } from '../../core/access/set-password.ts'
import { setUp } from '../../core/access/set-up.ts'
import { addToTeam, createTeam, deleteTeam, removeFromTeam } from '../../core/access/teams.ts'
import type { Caller } from '../../core/ledger/caller.ts'

/** The use cases of accounts and rights. Each looks whether the caller may. */
export interface Accounts {
  readonly listUsers: Bound<typeof listUsers>
  readonly createUser: Bound<typeof createUser>
  readonly createOrganisation: Bound<typeof createOrganisation>
  readonly setUserState: Bound<typeof setUserState>
  readonly setMember: Bound<typeof setMember>
  readonly removeMember: Bound<typeof removeMember>
  readonly deleteOrganisation: Bound<typeof deleteOrganisation>
  readonly listOrganisations: Bound<typeof listOrganisations>
  readonly showOrganisation: Bound<typeof showOrganisation>
  readonly listMembers: Bound<typeof listMembers>
  readonly createTeam: Bound<typeof createTeam>
  readonly deleteTeam: Bound<typeof deleteTeam>
  readonly addToTeam: Bound<typeof addToTeam>
  readonly removeFromTeam: Bound<typeof removeFromTeam>
  readonly listTeams: Bound<typeof listTeams>
  readonly showTeam: Bound<typeof showTeam>
  readonly createNamespace: Bound<typeof createNamespace>
  readonly transferNamespace: Bound<typeof transferNamespace>
  readonly deleteNamespace: Bound<typeof deleteNamespace>
  readonly listNamespaces: Bound<typeof listNamespaces>
  readonly showNamespace: Bound<typeof showNamespace>
  readonly changeSettings: Bound<typeof changeSettings>
  readonly listRoles: Bound<typeof listRoles>
  readonly setRole: Bound<typeof setRole>
  readonly deleteRole: Bound<typeof deleteRole>
  readonly createRobot: Bound<typeof createRobot>
  readonly changeRobot: Bound<typeof changeRobot>
  readonly deleteRobot: Bound<typeof deleteRobot>
  readonly listRobots: Bound<typeof listRobots>
  readonly listGrants: Bound<typeof listGrants>
  readonly giveGrant: Bound<typeof giveGrant>
  readonly takeGrant: Bound<typeof takeGrant>
  readonly makeKey: Bound<typeof makeKey>
  readonly revokeKey: Bound<typeof revokeKey>
  readonly listKeys: Bound<typeof listKeys>
  readonly inviteUser: Bound<typeof inviteUser>
  readonly linkFor: Bound<typeof linkFor>
  readonly datedLinkFor: Bound<typeof datedLinkFor>
  readonly requestReset: Bound<typeof requestReset>
  readonly changeEmail: Bound<typeof changeEmail>
  readonly verifyEmail: Bound<typeof verifyEmail>
  readonly setUp: Bound<typeof setUp>
  readonly setPasswordByLink: Bound<typeof setPasswordByLink>
  readonly changePassword: Bound<typeof changePassword>
  /** @returns what the cookie of the session is to have */
  beginSession(caller: Caller, begun: NewSession): Promise<string>
  readonly endSessions: Bound<typeof endSessions>
  readonly listSessions: Bound<typeof listSessions>
}

// biome-ignore lint/suspicious/noExplicitAny: whatever the use case takes
type Bound<F extends (parts: NamespaceParts & PasswordParts, ...rest: any[]) => unknown> = F extends (
  parts: NamespaceParts & PasswordParts,
  ...rest: infer R
) => infer T
  ? (...rest: R) => T
  : never

export function bindAccounts(parts: NamespaceParts & PasswordParts, { lifetime }: SessionSettings): Accounts {
  return {
    listUsers: (...rest) => listUsers(parts, ...rest),
    createUser: (...rest) => createUser(parts, ...rest),
    createOrganisation: (...rest) => createOrganisation(parts, ...rest),
    setUserState: (...rest) => setUserState(parts, ...rest),
    setMember: (...rest) => setMember(parts, ...rest),
    removeMember: (...rest) => removeMember(parts, ...rest),
    deleteOrganisation: (...rest) => deleteOrganisation(parts, ...rest),
    listOrganisations: (...rest) => listOrganisations(parts, ...rest),
    showOrganisation: (...rest) => showOrganisation(parts, ...rest),
    listMembers: (...rest) => listMembers(parts, ...rest),
    createTeam: (...rest) => createTeam(parts, ...rest),
    deleteTeam: (...rest) => deleteTeam(parts, ...rest),
    addToTeam: (...rest) => addToTeam(parts, ...rest),
    removeFromTeam: (...rest) => removeFromTeam(parts, ...rest),
    listTeams: (...rest) => listTeams(parts, ...rest),
    showTeam: (...rest) => showTeam(parts, ...rest),
    createNamespace: (...rest) => createNamespace(parts, ...rest),
    transferNamespace: (...rest) => transferNamespace(parts, ...rest),
    deleteNamespace: (...rest) => deleteNamespace(parts, ...rest),
    listNamespaces: (...rest) => listNamespaces(parts, ...rest),
    showNamespace: (...rest) => showNamespace(parts, ...rest),
    changeSettings: (...rest) => changeSettings(parts, ...rest),
    listRoles: (...rest) => listRoles(parts, ...rest),
    setRole: (...rest) => setRole(parts, ...rest),
    deleteRole: (...rest) => deleteRole(parts, ...rest),
    createRobot: (...rest) => createRobot(parts, ...rest),
    changeRobot: (...rest) => changeRobot(parts, ...rest),
    deleteRobot: (...rest) => deleteRobot(parts, ...rest),
    listRobots: (...rest) => listRobots(parts, ...rest),
    listGrants: (...rest) => listGrants(parts, ...rest),
    giveGrant: (...rest) => giveGrant(parts, ...rest),
    takeGrant: (...rest) => takeGrant(parts, ...rest),
    makeKey: (...rest) => makeKey(parts, ...rest),
    revokeKey: (...rest) => revokeKey(parts, ...rest),
    listKeys: (...rest) => listKeys(parts, ...rest),
    inviteUser: (...rest) => inviteUser(parts, ...rest),
    linkFor: (...rest) => linkFor(parts, ...rest),
    datedLinkFor: (...rest) => datedLinkFor(parts, ...rest),
    requestReset: (...rest) => requestReset(parts, ...rest),
    changeEmail: (...rest) => changeEmail(parts, ...rest),
    verifyEmail: (...rest) => verifyEmail(parts, ...rest),
    setUp: (...rest) => setUp(parts, ...rest),
    setPasswordByLink: (...rest) => setPasswordByLink(parts, ...rest),
    changePassword: (...rest) => changePassword(parts, ...rest),
    beginSession: (caller, begun) => beginSession(parts, caller, { ...begun, lifetime }),
    endSessions: (...rest) => endSessions(parts, ...rest),
    listSessions: (...rest) => listSessions(parts, ...rest),
  }
}
