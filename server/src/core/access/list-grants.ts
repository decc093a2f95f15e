import { describePrincipal, scopesOf } from '../../domain/principal.ts'
import type { Caller } from '../ledger/caller.ts'
import { eachRow } from '../ledger/each-row.ts'
import { type AccessParts, requireRight, wholeOf } from './access-parts.ts'
import { requireSomebody } from './require-seen.ts'
import { type GrantRow, grants } from './tables.ts'

/** Of a namespace, or to somebody. */
export type GrantQuery = { readonly namespace: string } | { readonly to: string }

/**
 * The oldest first. What was given in a namespace (`*`: in all of them), to whoever may give rights there; what was given to
 * somebody, as far as the caller may give rights where it holds, or is that one.
 * @throws RegistryError `unauthenticated`, `denied`
 */
export async function listGrants(
  parts: AccessParts,
  caller: Caller,
  query: GrantQuery,
): Promise<readonly GrantRow[]> {
  const { store } = parts.core
  const found: GrantRow[] = []
  if ('namespace' in query) {
    const { namespace } = query
    await requireRight(parts, caller, {
      permission: 'grants:manage',
      target: wholeOf(namespace === '*' ? '' : namespace),
      what: `seeing what was granted in ${namespace === '*' ? 'all namespaces' : namespace}`,
    })
    for await (const { rev: _, ...row } of eachRow(store, grants, { index: 'byNamespace', eq: [namespace] }))
      found.push(row)
    return found
  }
  requireSomebody(caller, 'seeing what was granted')
  const { principal } = caller
  const isSelf = scopesOf(principal) === undefined && describePrincipal(principal) === query.to
  const rights = await parts.book.current()
  for await (const { rev: _, ...row } of eachRow(store, grants, { index: 'byGrantee', eq: [query.to] })) {
    const target = wholeOf(row.namespace === '*' ? '' : row.namespace)
    if (isSelf || rights.decide(principal, 'grants:manage', target).allowed) found.push(row)
  }
  return found
}
