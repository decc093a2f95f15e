import { RegistryError } from '../../domain/error.ts'
import { describePrincipal } from '../../domain/principal.ts'
import { ownerPermissions } from '../../domain/role.ts'
import type { NewJob } from '../../ports/journal/journal.ts'
import { insert, put } from '../../ports/store/change.ts'
import type { Change, Stored } from '../../ports/store/store.ts'
import type { Caller } from '../ledger/caller.ts'
import { type AccessParts, type NamespaceParts, requireRight, toldOf, wholeOf } from './access-parts.ts'
import { checkEmail, checkLine, checkName } from './check-account.ts'
import { requireNoLess } from './require-no-less.ts'
import { type AccountRow, accounts, members, namespaceRules } from './tables.ts'

export interface NewAccount {
  readonly name: string
  readonly title?: string
  readonly email?: string
}

/**
 * A user with a namespace of their own, who has no way in yet.
 * @throws RegistryError `unauthenticated`, `denied`, `account-invalid`, `account-exists`
 */
export async function createUser(
  parts: NamespaceParts,
  caller: Caller,
  { name, title = '', email = '' }: NewAccount,
  { jobs = [] }: { readonly jobs?: readonly NewJob[] } = {},
): Promise<void> {
  const row = {
    ...newAccountRow(parts, caller),
    name: checkName(name),
    kind: 'user' as const,
    state: 'invited' as const,
  }
  const said = { title: checkLine(title, 'title'), email: checkEmail(email) }
  await parts.core.ledger.change(caller, async () => {
    await requireRight(parts, caller, {
      permission: 'users:manage',
      target: wholeOf(''),
      what: `making the user ${name}`,
    })
    await requireFree(parts, 'user', name)
    const guards = await requireNothingIn(parts, caller, name)
    return {
      value: undefined,
      changes: [
        insert(accounts, { ...row, ...said }),
        ownNamespace(parts, { namespace: name, owner: `user:${name}` }),
        ...guards,
      ],
      jobs,
      ...toldOf('account.create', `user:${name}`),
    }
  })
}

/**
 * Whoever makes an organisation owns it, with the namespace of its name: one that has something in it already is given by
 * who may manage users alone.
 * @throws RegistryError `unauthenticated`, `denied`, `account-invalid`, `account-exists`
 */
export async function createOrganisation(
  parts: NamespaceParts,
  caller: Caller,
  { name, title = '', email = '' }: NewAccount,
): Promise<void> {
  const { principal } = caller
  const row = {
    ...newAccountRow(parts, caller),
    name: checkName(name),
    kind: 'organisation' as const,
    state: 'active' as const,
  }
  const said = { title: checkLine(title, 'title'), email: checkEmail(email) }
  await parts.core.ledger.change(caller, async () => {
    if (principal.kind === 'anonymous')
      throw new RegistryError('unauthenticated', { reason: 'log in to make an organisation' })
    // A key for something else makes none.
    if (principal.kind !== 'user' || principal.via?.scopes !== undefined)
      await requireRight(parts, caller, {
        permission: 'users:manage',
        target: wholeOf(''),
        what: `making the organisation ${name}`,
      })
    await requireFree(parts, 'organisation', name)
    const guards = await requireNothingIn(parts, caller, name)
    const owner = principal.kind === 'user' ? [principal.name] : []
    return {
      value: undefined,
      changes: [
        insert(accounts, { ...row, ...said }),
        ownNamespace(parts, { namespace: name, owner: `organisation:${name}` }),
        ...guards,
        ...owner.map((user) =>
          insert(members, { organisation: name, user, membership: 'owner', at: parts.core.clock.now() }),
        ),
      ],
      ...toldOf('account.create', `organisation:${name}`),
    }
  })
}

/**
 * Whether a user may come in at all. Whoever is disabled is so at once, with every key, session and token; enabled again they
 * have to make new ones.
 * @throws RegistryError `unauthenticated`, `denied`, `account-unknown`
 */
export async function setUserState(
  parts: AccessParts,
  caller: Caller,
  { name, state }: { readonly name: string; readonly state: 'active' | 'disabled' },
): Promise<void> {
  await parts.core.ledger.change(caller, async () => {
    await requireRight(parts, caller, {
      permission: 'users:manage',
      target: wholeOf(''),
      what: `changing the user ${name}`,
    })
    const what = `changing the user ${name}, who may more than you,`
    await requireNoLess(parts, caller, { than: `user:${name}`, within: [], what })
    const { rev, ...row } = await requireAccount(parts, 'user', name)
    if (row.state === state) return { value: undefined, changes: [] }
    return {
      value: undefined,
      changes: [put(accounts, { ...row, state, epoch: row.epoch + 1, keyEpoch: row.keyEpoch + 1 }, rev)],
      ...toldOf('account.change', `user:${name}`, { before: row.state, after: state }),
    }
  })
}

/** @throws RegistryError `account-unknown` */
export async function requireAccount(
  { core }: AccessParts,
  kind: AccountRow['kind'],
  name: string,
): Promise<Stored<AccountRow>> {
  const row = await core.store.get(accounts, [name])
  if (row?.kind !== kind || row.state === 'deleted')
    throw new RegistryError('account-unknown', { what: kind, name })
  return row
}

/**
 * What others have put into a namespace that was nobody's is not to be had by naming oneself like it, nor is what a user of
 * the configuration is called. It is given by who may do there all that whoever has it may.
 * @throws RegistryError `account-exists`
 */
export async function requireNothingIn(
  parts: NamespaceParts,
  { principal }: Caller,
  name: string,
): Promise<readonly Change[]> {
  const rights = await parts.book.current()
  const mayGive =
    rights.decide(principal, 'users:manage', wholeOf('')).allowed &&
    [...ownerPermissions].every((permission) => rights.decide(principal, permission, wholeOf(name)).allowed)
  if (mayGive) return []
  const guards = rights.isOfConfiguration(name) ? undefined : await parts.whileEmpty(name)
  if (guards === undefined) throw new RegistryError('account-exists', { what: 'namespace', name })
  return guards
}

/** A namespace that is somebody's already, such as one that was there before its name was anybody's, is nobody else's. */
export async function requireFree(
  { core }: AccessParts,
  what: AccountRow['kind'],
  name: string,
): Promise<void> {
  const taken = (await core.store.get(accounts, [name])) ?? (await core.store.get(namespaceRules, [name]))
  if (taken !== undefined) throw new RegistryError('account-exists', { what, name })
}

export function newAccountRow(
  { core }: AccessParts,
  { principal }: Caller,
): Omit<AccountRow, 'name' | 'kind' | 'state'> {
  const now = core.clock.now()
  return {
    title: '',
    email: '',
    emailVerifiedAt: 0,
    createdAt: now,
    createdBy: describePrincipal(principal),
    epoch: 0,
    keyEpoch: 0,
  }
}

export function ownNamespace(
  { core }: AccessParts,
  {
    namespace,
    owner,
    visibility = 'private',
  }: { readonly namespace: string; readonly owner: string; readonly visibility?: string },
): Change {
  return insert(namespaceRules, {
    namespace,
    owner,
    visibility,
    allowPublicPublish: false,
    settings: '{}',
    createdAt: core.clock.now(),
  })
}
