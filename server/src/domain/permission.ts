/** Everything that somebody may be allowed to do. None of them includes another. */
export const permissions = [
  'artifacts:create',
  'artifacts:read',
  'artifacts:update',
  'artifacts:delete',
  'artifacts:publish',
  'tags:move',
  'tags:delete',
  'members:manage',
  'grants:manage',
  'settings:manage',
  'users:manage',
  'audit:read',
] as const
export type Permission = (typeof permissions)[number]

export function isPermission(text: string): text is Permission {
  return (permissions as readonly string[]).includes(text)
}

/** Any of them lets content be put where it is not yet, without which there is no push. */
export const toPush: readonly Permission[] = ['artifacts:create', 'artifacts:update']

/** What something is done to: an artifact, or with an empty `kind` and `name` a namespace; with an empty one, the registry. */
export interface Target {
  readonly namespace: string
  readonly kind: string
  /** What follows the namespace: one segment or more. */
  readonly name: string
}

export const wholeRegistry: Target = { namespace: '', kind: '', name: '' }
