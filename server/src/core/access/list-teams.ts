import type { Caller } from '../ledger/caller.ts'
import { eachRow } from '../ledger/each-row.ts'
import type { AccessParts } from './access-parts.ts'
import { showOrganisation } from './organisations.ts'
import { teamMembers, teams } from './tables.ts'
import { requireTeam } from './teams.ts'

export interface ShownTeam {
  readonly name: string
  readonly about: string
  /** ms since 1970 */
  readonly createdAt: number
}

/** By their names, to who sees the organisation. @throws RegistryError `unauthenticated`, `account-unknown` */
export async function listTeams(
  parts: AccessParts,
  caller: Caller,
  organisation: string,
): Promise<readonly ShownTeam[]> {
  await showOrganisation(parts, caller, organisation)
  const found: ShownTeam[] = []
  for await (const { name, about, at } of eachRow(parts.core.store, teams, { eq: [organisation] }))
    found.push({ name, about, createdAt: at })
  return found
}

/** With the names of who is in it. @throws RegistryError `unauthenticated`, `account-unknown` */
export async function showTeam(
  parts: AccessParts,
  caller: Caller,
  { organisation, team }: { readonly organisation: string; readonly team: string },
): Promise<ShownTeam & { readonly members: readonly string[] }> {
  await showOrganisation(parts, caller, organisation)
  const { name, about, at } = await requireTeam(parts, { organisation, team })
  const members: string[] = []
  for await (const { user } of eachRow(parts.core.store, teamMembers, { eq: [organisation, team] }))
    members.push(user)
  return { name, about, createdAt: at, members }
}
