import { type Permission, permissions } from '../../src/domain/permission.ts'

/** Who asks. `robot` and `robot for <permission>` have all rights everywhere, by a key for all or for that one alone. */
export const people = ['stranger', 'reader', 'writer', 'admin', 'owner', 'administrator'] as const
export type Person = (typeof people)[number]
export type RobotColumn = 'robot' | `robot for ${Permission}`
/** By a key of the owner's that is good for nothing: taken back, over, or made for other addresses. */
export const deadKeys = ['revoked', 'expired', 'wrong address'] as const
export type DeadKey = (typeof deadKeys)[number]
export type Column = 'anonymous' | Person | RobotColumn | DeadKey

export const robots: readonly RobotColumn[] = [
  'robot',
  ...permissions.map((permission): RobotColumn => `robot for ${permission}`),
]
export const columns: readonly Column[] = ['anonymous', ...people, ...robots, ...deadKeys]

export const isDead = (column: Column): column is DeadKey => (deadKeys as readonly string[]).includes(column)
export const isRobot = (column: Column): column is RobotColumn => column.startsWith('robot')

const reading: readonly Permission[] = ['artifacts:read']
const writing: readonly Permission[] = [
  'artifacts:create',
  'artifacts:read',
  'artifacts:update',
  'artifacts:publish',
  'tags:move',
]
const all: readonly Permission[] = permissions
const within: readonly Permission[] = permissions.filter((permission) => permission !== 'users:manage')

/** What each may in the namespace of the organisation `acme`, of which reader, writer, admin and owner are members. */
const inAcme: { readonly [P in Person]: readonly Permission[] } = {
  stranger: [],
  reader: reading,
  writer: writing,
  admin: within,
  owner: within,
  administrator: all,
}

function permissionsOf(column: Column, of: 'namespace' | 'registry'): readonly Permission[] {
  if (column === 'anonymous' || isDead(column)) return []
  if (column === 'robot') return all
  if (isRobot(column)) return all.filter((permission) => column === `robot for ${permission}`)
  return of === 'namespace' || column === 'administrator' ? inAcme[column] : []
}

export const may = (
  column: Column,
  wanted: readonly Permission[],
  of: 'namespace' | 'registry' = 'namespace',
): boolean => wanted.some((permission) => permissionsOf(column, of).includes(permission))

/** Who is something of `acme`, or of what a row makes for each who asks. */
export function is(
  column: Column,
  what: 'anyone' | 'account' | 'self' | 'owner' | 'member' | 'seeing',
): boolean {
  if (isDead(column)) return false
  switch (what) {
    case 'anyone':
      return true
    case 'account':
      return column !== 'anonymous'
    case 'self':
      return column !== 'anonymous' && !isRobot(column)
    case 'owner':
      return column === 'owner' || may(column, ['users:manage'], 'registry')
    case 'member':
      return (
        (column !== 'anonymous' && !isRobot(column) && column !== 'stranger') ||
        may(column, ['users:manage', 'members:manage'], 'registry')
      )
    case 'seeing':
      return may(column, all)
  }
}
