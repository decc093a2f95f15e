import { AddressRanges } from '../../domain/address-ranges.ts'
import type { Principal } from '../../domain/principal.ts'
import type { Core } from '../ledger/core.ts'
import type { NamedReads } from './kept-answers.ts'
import { ownerOf, principalOf } from './keys.ts'
import { accounts, type KeyRow, keys, robots } from './tables.ts'

/** When and from where: asked at each use. */
export interface Usable {
  /** undefined: from anywhere. */
  readonly from: AddressRanges | undefined
  /** ms since 1970; 0: never. */
  readonly expiresAt: number
}

/** A key that can be used, if its time and the address are right. */
export interface KnownKey extends Usable {
  readonly row: KeyRow
  readonly principal: Principal
}

/** Of what a key is good for, as text and as it was read, for each character of it, roughly: whoever makes one says how much. */
export const bytesOfScopes = 4

/** undefined: it was revoked, its owner is not there any more, or does not come in by keys of that time. */
export async function knownKey(
  { store }: Pick<Core, 'store'>,
  id: string,
  reads: NamedReads,
): Promise<KnownKey | undefined> {
  reads.row(keys, [id])
  const row = await store.get(keys, [id])
  const owner = row && ownerOf(row)
  const principal = row && principalOf(row)
  if (row === undefined || owner === undefined || principal === undefined) return undefined
  const isThere =
    owner.kind === 'user'
      ? await isActiveUser(store, { name: owner.name, epoch: row.epoch }, reads)
      : await isActiveRobot(store, [owner.namespace, owner.name], reads)
  if (!isThere) return undefined
  const from = row.from === '' ? undefined : new AddressRanges(row.from.split(' '))
  return { row, principal, from, expiresAt: row.expiresAt }
}

export function isUsable(
  { from: ranges, expiresAt }: Usable,
  now: number,
  from: string | undefined,
): boolean {
  if (expiresAt !== 0 && expiresAt <= now) return false
  return ranges === undefined || (from !== undefined && ranges.has(from))
}

async function isActiveUser(
  store: Core['store'],
  { name, epoch }: { readonly name: string; readonly epoch: number },
  reads: NamedReads,
): Promise<boolean> {
  reads.row(accounts, [name])
  const account = await store.get(accounts, [name])
  // Who was invited comes in by a key before they have a password.
  return account !== undefined && account.state !== 'disabled' && account.keyEpoch === epoch
}

async function isActiveRobot(
  store: Core['store'],
  key: readonly [string, string],
  reads: NamedReads,
): Promise<boolean> {
  reads.row(robots, key)
  return (await store.get(robots, key))?.disabled === false
}
