import { type Permission, permissions } from './permission.ts'

/** Roles that are there from the beginning, and stay as they are. */
export const builtInRoles: { readonly [name: string]: ReadonlySet<Permission> } = {
  admin: new Set(permissions),
  editor: new Set<Permission>(['artifacts:create', 'artifacts:read', 'artifacts:update']),
  viewer: new Set<Permission>(['artifacts:read']),
  releaser: new Set<Permission>(['artifacts:publish']),
  /** What a person or a machine that pushes wants. */
  writer: new Set<Permission>([
    'artifacts:create',
    'artifacts:read',
    'artifacts:update',
    'artifacts:publish',
    'tags:move',
  ]),
}

/** What members of an organisation are, those that may most first. */
export const memberships = ['owner', 'admin', 'write', 'read'] as const
export type Membership = (typeof memberships)[number]

export function isMembership(text: string): text is Membership {
  return (memberships as readonly string[]).includes(text)
}

/** What of the registry as a whole is nobody's in a namespace. */
export const registryWide: ReadonlySet<Permission> = new Set(['users:manage'])

const everythingWithin: ReadonlySet<Permission> = new Set(
  permissions.filter((permission) => !registryWide.has(permission)),
)

/** What a member may do in the namespaces of the organisation. An owner may also end it and make others owners. */
export const membershipPermissions: { readonly [M in Membership]: ReadonlySet<Permission> } = {
  owner: everythingWithin,
  admin: everythingWithin,
  write: builtInRoles['writer'] ?? new Set(),
  read: builtInRoles['viewer'] ?? new Set(),
}

/** What whoever owns a namespace by name may do in it. */
export const ownerPermissions: ReadonlySet<Permission> = everythingWithin
