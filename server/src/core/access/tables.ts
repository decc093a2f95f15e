import type { Table } from '../../ports/store/table.ts'

/** Users and organisations share their names with each other and with namespaces; a name that was given is never given again. */
export type AccountRow = {
  name: string
  kind: 'user' | 'organisation'
  title: string
  /** Empty: none was given. */
  email: string
  emailVerifiedAt: number
  /** `invited`: has no way in yet. `disabled`: has none any more. `deleted`: is not there, and keeps its name from others. */
  state: 'invited' | 'active' | 'disabled' | 'deleted'
  createdAt: number
  createdBy: string
  /** Sessions and tokens that were issued before count no more. Rises with each change of a password, or of `state`. */
  epoch: number
  /** Keys that were made before count no more. Rises with each change of `state`. */
  keyEpoch: number
}

export const accounts: Table<AccountRow> = {
  name: 'accounts',
  columns: {
    name: 'text',
    kind: 'text',
    title: 'text',
    email: 'text',
    emailVerifiedAt: 'integer',
    state: 'text',
    createdAt: 'integer',
    createdBy: 'text',
    epoch: 'integer',
    keyEpoch: 'integer',
  },
  key: ['name'],
  indexes: { byKind: ['kind', 'name'], byEmail: ['email'] },
}

/** The hash of a user's password, in the PHC string format. */
export type PasswordRow = { user: string; hash: string; changedAt: number }

export const passwords: Table<PasswordRow> = {
  name: 'passwords',
  columns: { user: 'text', hash: 'text', changedAt: 'integer' },
  key: ['user'],
}

export type MemberRow = { organisation: string; user: string; membership: string; at: number }

export const members: Table<MemberRow> = {
  name: 'members',
  columns: { organisation: 'text', user: 'text', membership: 'text', at: 'integer' },
  key: ['organisation', 'user'],
  indexes: { byUser: ['user', 'organisation'] },
}

export type TeamRow = { organisation: string; name: string; about: string; at: number }

export const teams: Table<TeamRow> = {
  name: 'teams',
  columns: { organisation: 'text', name: 'text', about: 'text', at: 'integer' },
  key: ['organisation', 'name'],
}

export type TeamMemberRow = { organisation: string; team: string; user: string; at: number }

export const teamMembers: Table<TeamMemberRow> = {
  name: 'team_members',
  columns: { organisation: 'text', team: 'text', user: 'text', at: 'integer' },
  key: ['organisation', 'team', 'user'],
  indexes: { byUser: ['user'] },
}

/** A role of the registry's own. `permissions`: separated by a blank. */
export type RoleRow = { name: string; about: string; permissions: string }

export const roles: Table<RoleRow> = {
  name: 'roles',
  columns: { name: 'text', about: 'text', permissions: 'text' },
  key: ['name'],
}

export type GrantRow = {
  id: string
  /** A `Grantee`. */
  to: string
  role: string
  namespace: string
  kind: string
  name: string
  by: string
  at: number
}

export const grants: Table<GrantRow> = {
  name: 'grants',
  columns: {
    id: 'text',
    to: 'text',
    role: 'text',
    namespace: 'text',
    kind: 'text',
    name: 'text',
    by: 'text',
    at: 'integer',
  },
  key: ['id'],
  indexes: { byNamespace: ['namespace', 'id'], byGrantee: ['to', 'id'] },
}

/** What holds in a namespace. `settings`: JSON of what is not decided by, in the form of `NamespaceSettings`. */
export type NamespaceRuleRow = {
  namespace: string
  /** A `NamespaceOwner`. */
  owner: string
  visibility: string
  allowPublicPublish: boolean
  settings: string
  createdAt: number
}

export const namespaceRules: Table<NamespaceRuleRow> = {
  name: 'namespace_rules',
  columns: {
    namespace: 'text',
    owner: 'text',
    visibility: 'text',
    allowPublicPublish: 'boolean',
    settings: 'text',
    createdAt: 'integer',
  },
  key: ['namespace'],
  indexes: { byOwner: ['owner', 'namespace'] },
}

/** A machine's account of a namespace: it has keys, and what it was granted. */
export type RobotRow = {
  namespace: string
  name: string
  about: string
  disabled: boolean
  createdAt: number
  createdBy: string
}

export const robots: Table<RobotRow> = {
  name: 'robots',
  columns: {
    namespace: 'text',
    name: 'text',
    about: 'text',
    disabled: 'boolean',
    createdAt: 'integer',
    createdBy: 'text',
  },
  key: ['namespace', 'name'],
}

export type KeyRow = {
  id: string
  /** SHA-256 of the key, in hex: the key itself is nowhere. */
  hash: string
  /** Whose it is, as `describePrincipal` writes it. */
  owner: string
  label: string
  /** Its first characters, to be recognised by. */
  shown: string
  /** JSON of the `KeyScope`s; empty: whatever its owner may. */
  scopes: string
  /** Addresses and networks that it may come from, separated by blanks; empty: any. */
  from: string
  createdAt: number
  /** 0: never. */
  expiresAt: number
  lastUsedAt: number
  lastUsedFrom: string
  /** That of its owner when it was made; 0 of a robot's. */
  epoch: number
}

export const keys: Table<KeyRow> = {
  name: 'keys',
  columns: {
    id: 'text',
    hash: 'text',
    owner: 'text',
    label: 'text',
    shown: 'text',
    scopes: 'text',
    from: 'text',
    createdAt: 'integer',
    expiresAt: 'integer',
    lastUsedAt: 'integer',
    lastUsedFrom: 'text',
    epoch: 'integer',
  },
  key: ['id'],
  unique: { hash: ['hash'] },
  indexes: { byOwner: ['owner', 'id'], byExpiry: ['expiresAt'] },
}

/** Something that one person may do once, by a link that only they were given. */
export type OneTimeLinkRow = {
  /** SHA-256 of what stands in the link, in hex. */
  hash: string
  /** A `LinkKind`. */
  kind: string
  /** Whom it is for; empty where whoever has it makes the account. */
  user: string
  /** The address that it was sent to, and that it proves; empty: none. */
  email: string
  createdAt: number
  createdBy: string
  expiresAt: number
  /** That of the account when it was made: a link from before a password was changed opens nothing. */
  epoch: number
}

export const oneTimeLinks: Table<OneTimeLinkRow> = {
  name: 'one_time_links',
  columns: {
    hash: 'text',
    kind: 'text',
    user: 'text',
    email: 'text',
    createdAt: 'integer',
    createdBy: 'text',
    expiresAt: 'integer',
    epoch: 'integer',
  },
  key: ['hash'],
  indexes: { byUser: ['user', 'kind'], byExpiry: ['expiresAt'] },
}

/** A browser in which somebody has logged in. */
export type SessionRow = {
  /** SHA-256 of what the cookie has, in hex. */
  hash: string
  id: string
  user: string
  createdAt: number
  expiresAt: number
  usedAt: number
  /** Where it was begun, and by which browser as it calls itself. */
  address: string
  agent: string
  /** That of the account when it was begun. */
  epoch: number
}

export const sessions: Table<SessionRow> = {
  name: 'sessions',
  columns: {
    hash: 'text',
    id: 'text',
    user: 'text',
    createdAt: 'integer',
    expiresAt: 'integer',
    usedAt: 'integer',
    address: 'text',
    agent: 'text',
    epoch: 'integer',
  },
  key: ['hash'],
  unique: { id: ['id'] },
  indexes: { byUser: ['user', 'id'], byExpiry: ['expiresAt'] },
}
