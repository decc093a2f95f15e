import { openPasswords } from '../../src/adapters/identity/shared/open-passwords.ts'
import { passwords, robots } from '../../src/core/access/tables.ts'
import type { KeyScope } from '../../src/domain/grant.ts'
import { insert } from '../../src/ports/store/change.ts'
import { callerOf } from '../core/kit.ts'
import { startTestRegistry, type TestRegistry, type TestRegistryOptions } from './test-registry.ts'

/**
 * A registry in which ada has an account with the password `correct horse`, acme is hers and has the robot `ci`, which may do
 * all in it, and cleo, whose password is `asp`, is a user of the configuration who may do everything. Anyone may read `open`.
 */
export interface AccountedRegistry extends TestRegistry {
  /** Of ada, or of the robot. */
  makeKey(
    owner?: 'ada' | 'ci',
    scopes?: readonly KeyScope[],
  ): Promise<{ readonly id: string; readonly key: string }>
}

export async function startWithAccounts(more: TestRegistryOptions = {}): Promise<AccountedRegistry> {
  const registry = await startTestRegistry({
    users: { cleo: 'asp' },
    access: { read: ['cleo'], write: ['cleo'] },
    logLevel: 'debug',
    ...more,
  })
  const { core, registry: bound } = registry.composed
  const { accounts } = bound
  const system = callerOf({ kind: 'system', name: 'test' })
  const ada = callerOf({ kind: 'user', name: 'ada' })
  await accounts.createUser(system, { name: 'ada' })
  await accounts.setUserState(system, { name: 'ada', state: 'active' })
  await accounts.createOrganisation(ada, { name: 'acme' })
  const hash = await openPasswords({ cost: { m: 64, t: 1, p: 1 } }).hash('correct horse')
  const robot = { namespace: 'acme', name: 'ci', about: '', disabled: false, createdAt: 0, createdBy: '' }
  await core.ledger.keep(async () => ({
    value: undefined,
    changes: [insert(passwords, { user: 'ada', hash, changedAt: 0 }), insert(robots, robot)],
  }))
  const everywhere = { namespace: 'acme', kind: '*', name: '*' }
  await accounts.giveGrant(system, { to: 'robot:acme/ci', role: 'admin', ...everywhere })
  await accounts.giveGrant(system, { to: 'anyone', role: 'viewer', ...everywhere, namespace: 'open' })
  return {
    ...registry,
    makeKey: async (owner = 'ada', scopes) =>
      await accounts.makeKey(ada, {
        owner:
          owner === 'ada' ? { kind: 'user', name: 'ada' } : { kind: 'robot', namespace: 'acme', name: 'ci' },
        label: 'a test',
        ...(scopes !== undefined && { scopes }),
      }),
  }
}
