import type { Caller } from '../ledger/caller.ts'
import { eachRow } from '../ledger/each-row.ts'
import { type AccessParts, requireRight, wholeOf } from './access-parts.ts'
import { type AccountRow, accounts } from './tables.ts'

/** Times in ms since 1970. */
export type ShownUser = Pick<AccountRow, 'name' | 'title' | 'email' | 'state' | 'createdAt' | 'createdBy'>

/** By their names, to who may manage them. @throws RegistryError `unauthenticated`, `denied` */
export async function listUsers(
  parts: AccessParts,
  caller: Caller,
  { after = '', limit }: { readonly after?: string; readonly limit: number },
): Promise<{ readonly users: readonly ShownUser[]; readonly more: boolean }> {
  await requireRight(parts, caller, {
    permission: 'users:manage',
    target: wholeOf(''),
    what: 'seeing who has an account',
  })
  const users: ShownUser[] = []
  for await (const row of eachRow(parts.core.store, accounts, { index: 'byKind', eq: ['user'] })) {
    if (row.name <= after) continue
    if (users.length === limit) return { users, more: true }
    const { name, title, email, state, createdAt, createdBy } = row
    users.push({ name, title, email, state, createdAt, createdBy })
  }
  return { users, more: false }
}
