import { createHash } from 'node:crypto'
import { AddressRanges } from '../../domain/address-ranges.ts'
import { isApiKey, newApiKey, shownApiKey } from '../../domain/api-key.ts'
import { RegistryError } from '../../domain/error.ts'
import type { KeyScope } from '../../domain/grant.ts'
import { isPermission } from '../../domain/permission.ts'
import { describePrincipal, type Principal } from '../../domain/principal.ts'
import { timeOrderedId } from '../../domain/time-ordered-id.ts'
import { check, insert, remove } from '../../ports/store/change.ts'
import type { Change } from '../../ports/store/store.ts'
import type { Caller } from '../ledger/caller.ts'
import { type AccessParts, inTurn, requireRight, toldOf, wholeOf } from './access-parts.ts'
import { requireAccount } from './accounts.ts'
import { boundsWithin } from './bounds-of-maker.ts'
import { checkLine, invalid } from './check-account.ts'
import { checkScope } from './grants.ts'
import { refuseToken } from './refuse-token.ts'
import { requireNoLess } from './require-no-less.ts'
import { accounts, type KeyRow, keys, robots } from './tables.ts'

const mostScopes = 50
const mostRanges = 50

/** Whose a key is. */
export type KeyOwner = Extract<Principal, { kind: 'user' | 'robot' }>

export interface NewKey {
  readonly owner: KeyOwner
  /** What it is for, to be recognised by. */
  readonly label: string
  /** Where nothing is said, whatever its owner may. */
  readonly scopes?: readonly KeyScope[]
  /** ms since 1970; never where nothing is said. */
  readonly expiresAt?: number
  /** Addresses and networks, such as `10.0.0.0/8`. */
  readonly from?: readonly string[]
}

/**
 * Users make their own, robots' are made by whoever manages the members of their namespace. Nobody makes one with another key
 * that is good for less, or with a token, which is good for minutes; one that ends, or is good from some addresses alone,
 * makes no other ones.
 * @returns the key, which nobody sees again, and its id
 * @throws RegistryError `unauthenticated`, `denied`, `account-invalid`, `account-unknown`
 */
export async function makeKey(
  parts: AccessParts,
  caller: Caller,
  { owner, label, scopes, expiresAt = 0, from = [] }: NewKey,
): Promise<{ readonly id: string; readonly key: string }> {
  refuseToken(caller, 'making a key')
  const { core } = parts
  checkLine(label, 'label')
  if (scopes !== undefined) checkScopes(scopes)
  checkRanges(from)
  if (expiresAt !== 0 && expiresAt <= core.clock.now()) throw invalid('expiresAt', 'it has passed')
  const key = newApiKey((length) => core.random.bytes(length))
  const id = timeOrderedId(core.clock.now(), core.random.uuid())
  const row: KeyRow = {
    id,
    hash: hashOfKey(key),
    owner: describePrincipal(owner),
    label,
    shown: shownApiKey(key),
    scopes: scopes === undefined ? '' : JSON.stringify(scopes),
    from: from.join(' '),
    createdAt: core.clock.now(),
    expiresAt,
    lastUsedAt: 0,
    lastUsedFrom: '',
    epoch: 0,
  }
  return await core.ledger.change(caller, async () => {
    await requireKeeper(parts, caller, owner)
    if (!isOwn(caller, owner)) await requireNoLess(parts, caller, lentBy(owner))
    const bounds = await boundsWithin(parts, caller, { owner, asked: row })
    const { epoch, guard } = await ownerGuard(parts, owner)
    return {
      value: { id, key },
      changes: [insert(keys, { ...row, ...bounds, epoch }), guard],
      ...toldOf('key.create', row.owner, { after: id }),
    }
  })
}

/** From the answer on it is good for nothing. @throws RegistryError `unauthenticated`, `denied`, `account-unknown` */
export async function revokeKey(parts: AccessParts, caller: Caller, id: string): Promise<void> {
  await parts.core.ledger.change(caller, async () => {
    const row = await parts.core.store.get(keys, [id])
    const owner = row && ownerOf(row)
    if (row === undefined || owner === undefined)
      throw new RegistryError('account-unknown', { what: 'key', name: id })
    if (!isItself(caller, id)) await requireKeeper(parts, caller, owner)
    return {
      value: undefined,
      changes: [remove(keys, [id], { rev: row.rev })],
      ...toldOf('key.revoke', row.owner, { before: id }),
    }
  })
}

/** Whoever has a key may give it up, whatever else it is good for. */
function isItself({ principal }: Caller, id: string): boolean {
  const via = 'via' in principal ? principal.via : undefined
  return via?.kind === 'key' && via.id === id
}

/** The row of a key that is one, whether it may still be used or not. */
export async function findKey({ core }: AccessParts, key: string): Promise<KeyRow | undefined> {
  if (!isApiKey(key)) return undefined
  return await core.store.get(keys, { unique: 'hash', values: [hashOfKey(key)] })
}

/** Who comes with it. undefined: the row is of somebody of whom this release knows nothing. */
export function principalOf(row: KeyRow): Principal | undefined {
  const owner = ownerOf(row)
  if (owner === undefined) return undefined
  const scopes = row.scopes === '' ? undefined : (JSON.parse(row.scopes) as readonly KeyScope[])
  return { ...owner, via: { kind: 'key', id: row.id, ...(scopes && { scopes }) } }
}

export function ownerOf({ owner }: Pick<KeyRow, 'owner'>): KeyOwner | undefined {
  const [kind, rest = ''] = owner.split(/:(.*)/s)
  if (kind === 'user') return { kind, name: rest }
  if (kind !== 'robot') return undefined
  const [namespace = '', name = ''] = rest.split('/')
  return { kind, namespace, name }
}

export const hashOfKey = (key: string): string => createHash('sha256').update(key).digest('hex')

/** It is there, and is as it is when the key comes to be. */
async function ownerGuard(
  parts: AccessParts,
  owner: KeyOwner,
): Promise<{ readonly epoch: number; readonly guard: Change }> {
  if (owner.kind === 'user') {
    const { keyEpoch, rev } = await requireAccount(parts, 'user', owner.name)
    return { epoch: keyEpoch, guard: check(accounts, [owner.name], rev) }
  }
  const key = [owner.namespace, owner.name]
  const robot = await parts.core.store.get(robots, key)
  if (robot === undefined) throw new RegistryError('account-unknown', { what: 'robot', name: key.join('/') })
  // It does not go meanwhile and leave the key behind.
  return { epoch: 0, guard: inTurn(robots, robot) }
}

function isOwn({ principal }: Caller, owner: KeyOwner): boolean {
  return (
    owner.kind === 'user' &&
    principal.kind === 'user' &&
    principal.name === owner.name &&
    principal.via?.scopes === undefined
  )
}

/** What whoever makes a key of theirs comes by. */
function lentBy(owner: KeyOwner): Parameters<typeof requireNoLess>[2] {
  const who = describePrincipal(owner)
  const what = `making keys of ${who}, who may more than you,`
  return owner.kind === 'user'
    ? { than: `user:${owner.name}`, within: [], what }
    : { than: `robot:${owner.namespace}/${owner.name}`, within: [owner.namespace], what }
}

export async function requireKeeper(parts: AccessParts, caller: Caller, owner: KeyOwner): Promise<void> {
  if (isOwn(caller, owner)) return
  await requireRight(parts, caller, {
    permission: owner.kind === 'robot' ? 'members:manage' : 'users:manage',
    target: wholeOf(owner.kind === 'robot' ? owner.namespace : ''),
    what: `making or revoking keys of ${describePrincipal(owner)}`,
  })
}

function checkRanges(ranges: readonly string[]): void {
  if (ranges.length > mostRanges) throw invalid('from', `there are more than ${mostRanges}`)
  try {
    new AddressRanges(ranges)
  } catch (error) {
    throw invalid('from', error instanceof Error ? error.message : String(error))
  }
}

function checkScopes(scopes: readonly KeyScope[]): void {
  if (scopes.length > mostScopes) throw invalid('scopes', `there are more than ${mostScopes}`)
  for (const scope of scopes) {
    checkScope(scope)
    const strange = scope.permissions.find((permission) => !isPermission(permission))
    if (strange !== undefined) throw invalid('scopes', `there is no permission ${JSON.stringify(strange)}`)
  }
}
