import { RegistryError } from '../../domain/error.ts'
import { describePrincipal } from '../../domain/principal.ts'
import { insert, put } from '../../ports/store/change.ts'
import type { Stored } from '../../ports/store/store.ts'
import type { Caller } from '../ledger/caller.ts'
import { eachRow } from '../ledger/each-row.ts'
import { type AccessParts, inTurn, requireFew, requireRight, toldOf, wholeOf } from './access-parts.ts'
import { checkLine, checkName } from './check-account.ts'
import { findRule, goingRobot } from './namespaces.ts'
import { namespaceRules, type RobotRow, robots } from './tables.ts'

interface Which {
  readonly namespace: string
  readonly name: string
}

const shownOf = ({ namespace, name }: Which): string => `robot:${namespace}/${name}`

/**
 * A machine's account of a namespace. It may nothing until it is granted something.
 * @throws RegistryError `unauthenticated`, `denied`, `account-invalid`, `account-unknown`, `account-exists`
 */
export async function createRobot(
  parts: AccessParts,
  caller: Caller,
  { about = '', ...which }: Which & { readonly about?: string },
): Promise<void> {
  const { core } = parts
  const row = {
    namespace: which.namespace,
    name: checkName(which.name, 'robot'),
    about: checkLine(about, 'about'),
    disabled: false,
    createdAt: core.clock.now(),
    createdBy: describePrincipal(caller.principal),
  }
  await core.ledger.change(caller, async () => {
    await requireManager(parts, caller, which)
    const rule = await findRule(parts, which.namespace)
    if (rule === undefined)
      throw new RegistryError('account-unknown', { what: 'namespace', name: which.namespace })
    if ((await core.store.get(robots, [which.namespace, which.name])) !== undefined)
      throw new RegistryError('account-exists', { what: 'robot', name: which.name })
    return {
      value: undefined,
      changes: [inTurn(namespaceRules, rule), insert(robots, row)],
      ...toldOf('robot.create', shownOf(which), { namespace: which.namespace }),
    }
  })
}

/**
 * One that is disabled is so at once, with all its keys; enabled again, they are good again.
 * @throws RegistryError `unauthenticated`, `denied`, `account-invalid`, `account-unknown`
 */
export async function changeRobot(
  parts: AccessParts,
  caller: Caller,
  { disabled, about, ...which }: Which & { readonly disabled?: boolean; readonly about?: string },
): Promise<void> {
  if (about !== undefined) checkLine(about, 'about')
  await parts.core.ledger.change(caller, async () => {
    await requireManager(parts, caller, which)
    const { rev, ...row } = await requireRobot(parts, which)
    const next = { ...row, disabled: disabled ?? row.disabled, about: about ?? row.about }
    if (next.disabled === row.disabled && next.about === row.about) return { value: undefined, changes: [] }
    return {
      value: undefined,
      changes: [put(robots, next, rev)],
      ...toldOf('robot.change', shownOf(which), {
        namespace: which.namespace,
        before: stateOf(row),
        after: stateOf(next),
      }),
    }
  })
}

/** With its keys and what it was granted. @throws RegistryError `unauthenticated`, `denied`, `account-unknown`, `too-large` */
export async function deleteRobot(parts: AccessParts, caller: Caller, which: Which): Promise<void> {
  await parts.core.ledger.change(caller, async () => {
    await requireManager(parts, caller, which)
    const changes = await goingRobot(parts, await requireRobot(parts, which))
    requireFew(changes, 'a robot that is deleted, with its keys and grants,')
    return {
      value: undefined,
      changes,
      ...toldOf('robot.delete', shownOf(which), { namespace: which.namespace }),
    }
  })
}

/** By their names. @throws RegistryError `unauthenticated`, `denied` */
export async function listRobots(
  parts: AccessParts,
  caller: Caller,
  namespace: string,
): Promise<readonly RobotRow[]> {
  await requireManager(parts, caller, { namespace, name: '' })
  const found: RobotRow[] = []
  for await (const { rev: _, ...row } of eachRow(parts.core.store, robots, { eq: [namespace] }))
    found.push(row)
  return found
}

const stateOf = ({ disabled }: RobotRow): string => (disabled ? 'disabled' : 'active')

async function requireRobot({ core }: AccessParts, { namespace, name }: Which): Promise<Stored<RobotRow>> {
  const row = await core.store.get(robots, [namespace, name])
  if (row === undefined)
    throw new RegistryError('account-unknown', { what: 'robot', name: `${namespace}/${name}` })
  return row
}

async function requireManager(parts: AccessParts, caller: Caller, which: Which): Promise<void> {
  await requireRight(parts, caller, {
    permission: 'members:manage',
    target: wholeOf(which.namespace),
    what: which.name === '' ? `seeing the robots of ${which.namespace}` : `changing ${shownOf(which)}`,
  })
}
