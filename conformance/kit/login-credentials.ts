import { randomBytes } from 'node:crypto'
import { openPasswords } from '../../server/src/adapters/identity/shared/open-passwords.ts'
import { passwords } from '../../server/src/core/access/tables.ts'
import { newApiKey } from '../../server/src/domain/api-key.ts'
import type { KeyScope } from '../../server/src/domain/grant.ts'
import { insert } from '../../server/src/ports/store/change.ts'
import { callerOf } from '../../server/test/core/kit.ts'
import type { AccountedRegistry } from '../../server/test/kit/accounted-registry.ts'

export const shownSecrets = ['password', 'key', 'key of a robot'] as const
export type ShownSecret = (typeof shownSecrets)[number]

export interface Credential {
  readonly user: string
  readonly secret: string
  revoke(): Promise<void>
}

const system = callerOf({ kind: 'system', name: 'test' })
const ada = callerOf({ kind: 'user', name: 'ada' })
const everywhere = { namespace: 'acme', kind: '*', name: '*' }
const onlyReading: readonly KeyScope[] = [{ permissions: ['artifacts:read'], ...everywhere }]
const hasher = openPasswords({ cost: { m: 64, t: 1, p: 1 } })
let made = 0

/**
 * Of somebody new, who may do all in acme, or only read. A key is of somebody who may do all, whatever it is good for itself.
 */
export async function newCredential(
  registry: AccountedRegistry,
  shown: ShownSecret,
  may: 'all' | 'read',
): Promise<Credential> {
  const { accounts } = registry.composed.registry
  const name = `somebody-${++made}`
  const scopes = may === 'read' ? { scopes: onlyReading } : {}
  if (shown === 'key of a robot') {
    const robot = { namespace: 'acme', name }
    await accounts.createRobot(ada, robot)
    await accounts.giveGrant(system, { to: `robot:acme/${name}`, role: 'admin', ...everywhere })
    const owner = { kind: 'robot', ...robot } as const
    const { key } = await accounts.makeKey(ada, { owner, label: 'a test', ...scopes })
    const revoke = () => accounts.changeRobot(ada, { ...robot, disabled: true })
    return { user: name, secret: key, revoke }
  }
  await accounts.createUser(system, { name })
  await accounts.setUserState(system, { name, state: 'active' })
  const role = shown === 'password' && may === 'read' ? 'viewer' : 'admin'
  await accounts.giveGrant(system, { to: `user:${name}`, role, ...everywhere })
  if (shown === 'key') {
    const owner = { kind: 'user', name } as const
    const { id, key } = await accounts.makeKey(callerOf(owner), { owner, label: 'a test', ...scopes })
    return { user: name, secret: key, revoke: () => accounts.revokeKey(callerOf(owner), id) }
  }
  const secret = `the password of ${name}`
  const row = { user: name, hash: await hasher.hash(secret), changedAt: 0 }
  await registry.composed.core.ledger.keep(async () => ({
    value: undefined,
    changes: [insert(passwords, row)],
  }))
  return { user: name, secret, revoke: () => accounts.setUserState(system, { name, state: 'disabled' }) }
}

/** Of the right form, and nobody's. */
export function wrongSecret(shown: ShownSecret): string {
  return shown === 'password'
    ? 'not the password'
    : newApiKey((length) => new Uint8Array(randomBytes(length)))
}
