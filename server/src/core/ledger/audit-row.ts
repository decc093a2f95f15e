import { describeVia } from '../../domain/principal.ts'
import { namespaceOf, type RepositoryName } from '../../domain/repository-name.ts'
import type { Caller } from './caller.ts'
import type { AuditRow } from './tables.ts'

/** By whom, when (ms since 1970), and under which id. */
export interface EntryOrigin {
  readonly id: string
  readonly at: number
  /** As `describePrincipal` writes it. */
  readonly by: string
  readonly caller: Caller
}

/** What of an entry says what was done: a `Deed` of the ledger. */
type Done = Pick<AuditRow, 'action' | 'repository' | 'target'> &
  Partial<Pick<AuditRow, 'namespace' | 'before' | 'after'>>

/** An entry of what was done, as it stands before it is sealed. */
export function auditRow(deed: Done, { id, at, by, caller }: EntryOrigin): AuditRow {
  return {
    id,
    at,
    by,
    via: describeVia(caller.principal),
    address: caller.address ?? '',
    action: deed.action,
    namespace: deed.namespace ?? namespaceIn(deed.repository, deed.target),
    repository: deed.repository,
    target: deed.target,
    before: deed.before ?? '',
    after: deed.after ?? '',
    outcome: 'done',
    code: '',
    times: 1,
    requestId: caller.requestId,
    seq: 0,
    hash: '',
  }
}

/** Of a repository; of an account that belongs to one, such as `robot:acme/ci`; empty where it is in none. */
export function namespaceIn(repository: string, target: string): string {
  if (repository !== '') return namespaceOf(repository as RepositoryName)
  return /^(?:organisation|team|robot):([^/]+)/.exec(target)?.[1] ?? ''
}
