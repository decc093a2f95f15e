import type { Core } from '../ledger/core.ts'
import { accounts } from './tables.ts'

/** Somebody has one: from then on nobody writes without one whom no rule lets in. */
export async function hasAccounts(store: Pick<Core['store'], 'find'>): Promise<boolean> {
  const { rows } = await store.find(accounts, { index: 'byKind', eq: ['user'], limit: 1 })
  return rows.length > 0
}
