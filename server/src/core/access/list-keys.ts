import type { KeyScope } from '../../domain/grant.ts'
import { describePrincipal } from '../../domain/principal.ts'
import type { Cursor } from '../../ports/store/store.ts'
import type { Caller } from '../ledger/caller.ts'
import type { AccessParts } from './access-parts.ts'
import { type KeyOwner, requireKeeper } from './keys.ts'
import { type KeyRow, keys } from './tables.ts'

/** A key as it may be shown: not the key itself, which nobody has any more. Times in ms since 1970. */
export interface ShownKey {
  readonly id: string
  readonly label: string
  /** Its first characters. */
  readonly shown: string
  readonly scopes?: readonly KeyScope[]
  readonly from: readonly string[]
  readonly createdAt: number
  readonly expiresAt?: number
  readonly lastUsedAt?: number
  readonly lastUsedFrom?: string
}

/**
 * The keys of somebody, the oldest first.
 * @throws RegistryError `unauthenticated`, `denied`
 */
export async function listKeys(
  parts: AccessParts,
  caller: Caller,
  owner: KeyOwner,
): Promise<readonly ShownKey[]> {
  await requireKeeper(parts, caller, owner)
  const { store, limits } = parts.core
  const rows: KeyRow[] = []
  let after: Cursor | undefined
  do {
    const query = { index: 'byOwner', eq: [describePrincipal(owner)], limit: limits.pageSize }
    const page = await store.find(keys, { ...query, ...(after && { after }) })
    rows.push(...page.rows)
    after = page.next
  } while (after !== undefined)
  return rows.map(shownKey)
}

function shownKey(row: KeyRow): ShownKey {
  return {
    id: row.id,
    label: row.label,
    shown: row.shown,
    ...(row.scopes !== '' && { scopes: JSON.parse(row.scopes) as readonly KeyScope[] }),
    from: row.from === '' ? [] : row.from.split(' '),
    createdAt: row.createdAt,
    ...(row.expiresAt !== 0 && { expiresAt: row.expiresAt }),
    ...(row.lastUsedAt !== 0 && { lastUsedAt: row.lastUsedAt }),
    ...(row.lastUsedFrom !== '' && { lastUsedFrom: row.lastUsedFrom }),
  }
}
