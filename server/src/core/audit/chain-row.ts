import { chainStart } from '../../domain/audit-chain.ts'
import { insert, put } from '../../ports/store/change.ts'
import type { Change, Stored } from '../../ports/store/store.ts'
import type { Core } from '../ledger/core.ts'
import { type AuditChainRow, auditChain } from './tables.ts'

const name = 'chain'

const noChain: AuditChainRow = {
  name,
  last: 0,
  hash: chainStart,
  sealedAt: 0,
  head: 0,
  headLast: 0,
  headAt: 0,
  expired: 0,
  checkpoint: 0,
  imported: 0,
  importedTo: '',
  importedEra: '',
}

/** The chain as it stands, and how it is changed: whoever got in between lets the change fail. */
export interface Chain {
  readonly row: AuditChainRow
  readonly changed: (set: Partial<AuditChainRow>) => Change
}

export async function readChain({ store }: Pick<Core, 'store'>): Promise<Chain> {
  const found: Stored<AuditChainRow> | undefined = await store.get(auditChain, [name])
  if (found === undefined)
    return { row: noChain, changed: (set) => insert(auditChain, { ...noChain, ...set }) }
  const { rev, ...row } = found
  return { row, changed: (set) => put(auditChain, { ...row, ...set }, rev) }
}
