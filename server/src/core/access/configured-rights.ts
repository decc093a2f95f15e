import { AddressRanges } from '../../domain/address-ranges.ts'
import type { Grant, Grantee } from '../../domain/grant.ts'
import type { Permission } from '../../domain/permission.ts'

/** Who may do something: anyone, or the users of these names. */
export type Allowed = 'anyone' | readonly string[]

/** Of the configuration. Who may write may read. */
export interface AccessRules {
  readonly read: Allowed
  readonly write: Allowed
  /** Who logs in by the configuration, whatever they may. */
  readonly users?: readonly string[]
  /** Anyone may write only as long as nobody has an account. */
  readonly closes?: boolean
  /** By namespace, `*` standing for all others: from where alone it is there. */
  readonly addresses?: ReadonlyMap<string, readonly string[]>
}

/** What the configuration gives holds beside what is in the records, and cannot be taken there. */
export interface ConfiguredRights {
  readonly roles: readonly { name: string; permissions: readonly Permission[] }[]
  readonly grants: readonly Grant[]
  /** Those that end with the first account: what a registry on somebody's own machine lets everybody do at first. */
  readonly untilAccounts: readonly Grant[]
  readonly addresses?: ReadonlyMap<string, AddressRanges>
  /** Whose names are theirs, though they have no account. */
  readonly users?: ReadonlySet<string>
}

const mayRead: readonly Permission[] = ['artifacts:read']
/** All that is done to artifacts; nothing that is done to people, rights and settings. */
const mayWrite: readonly Permission[] = [
  ...mayRead,
  'artifacts:create',
  'artifacts:update',
  'artifacts:delete',
  'artifacts:publish',
  'tags:move',
  'tags:delete',
]

/** Grants whose ids, and roles, are called as the setting is that they come from. */
export function configuredRights({
  read,
  write,
  users = [],
  closes = false,
  addresses = new Map(),
}: AccessRules): ConfiguredRights {
  const [readRole, writeRole] = ['config:access.read', 'config:access.write']
  const passes = closes && write === 'anyone'
  return {
    roles: [
      { name: readRole, permissions: mayRead },
      { name: writeRole, permissions: mayWrite },
    ],
    grants: [...grantsOf(readRole, read), ...(passes ? [] : grantsOf(writeRole, write))],
    untilAccounts: passes ? grantsOf(writeRole, write) : [],
    users: new Set([users, ...[read, write].filter((allowed) => allowed !== 'anyone')].flat()),
    addresses: new Map([...addresses].map(([namespace, ranges]) => [namespace, new AddressRanges(ranges)])),
  }
}

function grantsOf(role: string, allowed: Allowed): readonly Grant[] {
  const whom: readonly Grantee[] =
    allowed === 'anyone' ? ['anyone'] : allowed.map((user): Grantee => `user:${user}`)
  return whom.map((to) => ({ id: role, to, role, namespace: '*', kind: '*', name: '*' }))
}
