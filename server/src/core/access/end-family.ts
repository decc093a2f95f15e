import { isRegistryError, RegistryError } from '../../domain/error.ts'
import { describePrincipal } from '../../domain/principal.ts'
import { remove } from '../../ports/store/change.ts'
import type { Cursor } from '../../ports/store/store.ts'
import type { Caller } from '../ledger/caller.ts'
import { type AccessParts, toldOf } from './access-parts.ts'
import { familyOf, isOfFamily } from './access-tokens.ts'
import { type KeyOwner, ownerOf, requireKeeper } from './keys.ts'
import { type TokenFamilyRow, tokenFamilies } from './token-tables.ts'

/** A sign-in as it may be shown. Times in ms since 1970. */
export interface ShownFamily {
  readonly id: string
  readonly label: string
  readonly rotates: boolean
  readonly createdAt: number
  readonly usedAt: number
  readonly usedFrom: string
  readonly expiresAt: number
}

/**
 * Signs out: its tokens, of both sorts, are good for nothing from the answer on. Whoever has one of them may do it, and whoever
 * may revoke keys of its owner. Without `id`, the family of the token that the caller came by.
 * @throws RegistryError `unauthenticated`, `account-unknown`
 */
export async function endFamily(
  parts: AccessParts,
  caller: Caller,
  id: string = ownFamily(caller),
): Promise<void> {
  const { core } = parts
  await core.ledger.change(caller, async () => {
    const row = await core.store.get(tokenFamilies, [id])
    const owner = row && ownerOf(row)
    if (row === undefined || owner === undefined) throw unknown(id)
    if (!(await mayEnd(parts, caller, { id, owner }))) throw unknown(id)
    return {
      value: undefined,
      changes: [remove(tokenFamilies, [id], { rev: row.rev })],
      ...toldOf('token.revoke', row.owner, { before: id }),
    }
  })
}

/** Sign-ins of somebody that go on, the oldest first. @throws RegistryError `unauthenticated`, `denied` */
export async function listFamilies(
  parts: AccessParts,
  caller: Caller,
  owner: KeyOwner,
): Promise<readonly ShownFamily[]> {
  await requireKeeper(parts, caller, owner)
  const { store, limits, clock } = parts.core
  const rows: TokenFamilyRow[] = []
  let after: Cursor | undefined
  do {
    const query = { index: 'byOwner', eq: [describePrincipal(owner)], limit: limits.pageSize }
    const page = await store.find(tokenFamilies, { ...query, ...(after && { after }) })
    rows.push(...page.rows)
    after = page.next
  } while (after !== undefined)
  return rows
    .filter(({ expiresAt }) => expiresAt > clock.now())
    .map(({ id, label, rotates, createdAt, usedAt, usedFrom, expiresAt }) => ({
      id,
      label,
      rotates,
      createdAt,
      usedAt,
      usedFrom,
      expiresAt,
    }))
}

/** What is somebody else's is as if it were not there. */
async function mayEnd(
  parts: AccessParts,
  caller: Caller,
  { id, owner }: { readonly id: string; readonly owner: KeyOwner },
): Promise<boolean> {
  const { principal } = caller
  const via = 'via' in principal ? principal.via : undefined
  if (via !== undefined && isOfFamily(via, id)) return true
  try {
    await requireKeeper(parts, caller, owner)
    return true
  } catch (error) {
    if (isRegistryError(error, 'denied')) return false
    throw error
  }
}

function ownFamily({ principal }: Caller): string {
  const via = 'via' in principal ? principal.via : undefined
  const id = via && familyOf(via)
  if (id === undefined) throw unknown('current')
  return id
}

function unknown(name: string): RegistryError<'account-unknown'> {
  return new RegistryError('account-unknown', { what: 'token', name })
}
