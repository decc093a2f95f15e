import { quotaOf, requireRoom, type Usage } from '../../domain/quota.ts'
import { insert, patch } from '../../ports/store/change.ts'
import type { Change, When } from '../../ports/store/store.ts'
import type { Core } from '../ledger/core.ts'
import { type NamespaceRow, namespaces, repositories } from './tables.ts'

const nothing: Usage = { bytes: 0, repositories: 0, manifests: 0 }

export async function usageOf(core: Pick<Core, 'store'>, namespace: string): Promise<Usage> {
  return (await core.store.get(namespaces, [namespace])) ?? nothing
}

/**
 * What a batch adds to the usage of a namespace. The bound stands in the change itself, so that of two pushes that
 * both saw room for one, one is decided anew and refused.
 * @throws RegistryError `quota-exceeded`
 */
export async function spend(core: Core, namespace: string, more: Partial<Usage>): Promise<Change[]> {
  const row = await core.store.get(namespaces, [namespace])
  const quota = quotaOf(core.quotas, namespace)
  requireRoom(quota, namespace, row ?? nothing, more)
  const add = counted(more)
  if (row === undefined) return [insert(namespaces, { namespace, ...nothing, ...add })]
  if (Object.keys(add).length === 0) return []
  const when: Record<string, { lte: number }> = {}
  for (const [measure, count] of Object.entries(add)) {
    const limit = quota[measure as keyof Usage]
    if (limit !== undefined) when[measure] = { lte: limit - count }
  }
  return [
    patch(namespaces, [namespace], {
      add,
      ...(Object.keys(when).length > 0 && { when: when as When<NamespaceRow> }),
    }),
  ]
}

/** What a batch gives back to the namespace of a repository, which is given by its id. */
export async function giveBackUsage(core: Core, repository: string, less: Partial<Usage>): Promise<Change[]> {
  const home = await core.store.get(repositories, [repository])
  if (home === undefined) return []
  const add = Object.fromEntries(Object.entries(counted(less)).map(([measure, count]) => [measure, -count]))
  return Object.keys(add).length === 0 ? [] : [patch(namespaces, [home.namespace], { add })]
}

function counted(use: Partial<Usage>): Partial<Usage> {
  return Object.fromEntries(Object.entries(use).filter(([, count]) => count !== 0))
}
