import type { Table } from '../../ports/store/table.ts'

/** How far the chain of audit entries has come: one row. */
export type AuditChainRow = {
  name: string
  /** The entry that was sealed last, and the hash at it. */
  last: number
  hash: string
  /** When one was sealed last. */
  sealedAt: number
  /** The head that was signed last; 0: none was. */
  head: number
  headLast: number
  headAt: number
  /** Entries up to this one may be gone: the last one of the head `checkpoint`, at which the chain is taken up. 0: all are kept. */
  expired: number
  checkpoint: number
  /** Of the log that earlier releases wrote: how many entries were taken over, up to which position, in which era of it. */
  imported: number
  importedTo: string
  importedEra: string
}

export const auditChain: Table<AuditChainRow> = {
  name: 'audit_chain',
  columns: {
    name: 'text',
    last: 'integer',
    hash: 'text',
    sealedAt: 'integer',
    head: 'integer',
    headLast: 'integer',
    headAt: 'integer',
    expired: 'integer',
    checkpoint: 'integer',
    imported: 'integer',
    importedTo: 'text',
    importedEra: 'text',
  },
  key: ['name'],
}

/** A signed claim on the chain: see `domain/audit-chain.ts`. */
export type AuditHeadRow = {
  number: number
  first: number
  last: number
  hash: string
  at: number
  /** Ed25519 (RFC 8032), base64url. */
  signature: string
  /** The id of the key, as `keyIdOf` makes it. */
  key: string
}

export const auditHeads: Table<AuditHeadRow> = {
  name: 'audit_heads',
  columns: {
    number: 'integer',
    first: 'integer',
    last: 'integer',
    hash: 'text',
    at: 'integer',
    signature: 'text',
    key: 'text',
  },
  key: ['number'],
}
