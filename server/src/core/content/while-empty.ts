import { check, insert } from '../../ports/store/change.ts'
import type { Change } from '../../ports/store/store.ts'
import type { Core } from '../ledger/core.ts'
import { namespaces } from './tables.ts'

/**
 * What keeps a namespace empty until a batch is through: a push into it changes the same row.
 * @returns undefined: it is not empty
 */
export async function whileEmpty(
  { store }: Pick<Core, 'store'>,
  namespace: string,
): Promise<readonly Change[] | undefined> {
  const row = await store.get(namespaces, [namespace])
  if (row === undefined) return [insert(namespaces, { namespace, bytes: 0, repositories: 0, manifests: 0 })]
  const isEmpty = row.bytes === 0 && row.repositories === 0 && row.manifests === 0
  return isEmpty ? [check(namespaces, [namespace], row.rev)] : undefined
}
