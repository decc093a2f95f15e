import { type Column, columns, isRobot } from './columns.ts'
import { type Cells, cells, type Row } from './row.ts'
import { as, type MatrixWorld, principalOf, system } from './world.ts'

export const acme = { organisation: 'acme', namespace: 'acme' }
export const unseen = { refused: 404 } as const
export const denied = { refused: 403 } as const
export const robots: readonly Column[] = columns.filter(isRobot)
/** A robot has no account that something could be its own of. */
export const nobodyOwns: Cells = cells(403, robots)
export const manageUsers = 'users:manage of registry'
export const manageMembers = 'members:manage of namespace'
export const manageGrants = 'grants:manage of namespace'
export const manageAllGrants = 'grants:manage of registry'
export const readAudit = 'audit:read of namespace'
export const readAllAudit = 'audit:read of registry'
export const everyOne = { needs: 'anyone', done: 200, refused: 200 } as const
/** Everybody reads what was done in namespaces of their own, and a robot nothing with a key that is not for it. */
export const ofLog: Omit<Row, 'ask'> = {
  needs: readAudit,
  done: 200,
  refused: '200 hidden',
  but: cells(
    403,
    robots.filter((column) => column !== 'robot' && column !== 'robot for audit:read'),
  ),
}
export const found: Omit<Row, 'ask'> = {
  about: 'what is in a namespace',
  needs: 'artifacts:read of namespace',
  done: 200,
  refused: '200 hidden',
  anonymous: '200 hidden',
  shows: /acme\/app/,
}
export const own = { needs: 'self', refused: 403 } as const

export const user = async (world: MatrixWorld): Promise<string> => {
  const name = world.fresh('user')
  await world.composed.registry.accounts.createUser(system, { name })
  return name
}
export const team = async (world: MatrixWorld): Promise<string> => {
  const name = world.fresh('team')
  await world.composed.registry.accounts.createTeam(as('ada'), { organisation: 'acme', team: name })
  return name
}
export const robot = async (world: MatrixWorld): Promise<string> => {
  const name = world.fresh('robot')
  await world.composed.registry.accounts.createRobot(as('ada'), { namespace: 'acme', name })
  return name
}
export const namespace = async (world: MatrixWorld): Promise<string> => {
  const name = world.fresh('space')
  const made = { namespace: name, owner: 'organisation:acme' } as const
  await world.composed.registry.accounts.createNamespace(as('ada'), made)
  return name
}
export const role = async (world: MatrixWorld): Promise<string> => {
  const name = world.fresh('role')
  await world.composed.registry.accounts.setRole(system, { name, permissions: ['artifacts:read'] })
  return name
}

export const json = (body: object): { body: string; headers: Record<string, string> } => ({
  body: JSON.stringify(body),
  headers: { 'Content-Type': 'application/json' },
})

export function ownerFor(column: Column): string {
  return column === 'anonymous' || isRobot(column) ? 'user:bob' : principalOf(column)
}

export const other = (column: Column): string => (column === 'stranger' ? 'bob' : 'eve')
