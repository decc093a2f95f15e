import type { Log, Table } from '../../ports/store/table.ts'

/** What somebody did, or was refused, and what it was done to. */
export type AuditRow = {
  /** Made by `EntryIds`: entries sort by time. */
  id: string
  at: number
  /** As `describePrincipal` writes it. */
  by: string
  /** By what they said who they are, as `describeVia` writes it; empty: by nothing. */
  via: string
  address: string
  /** Of a refusal: the route that was asked for, and the method. */
  action: string
  /** Whose it is to know of; empty: the registry's alone. */
  namespace: string
  repository: string
  /** A tag, a digest, an account; of a refusal the path that was asked for. */
  target: string
  /** Digests before and after, or empty. */
  before: string
  after: string
  outcome: 'done' | 'refused'
  /** Of a refusal, the code of the RegistryError. */
  code: string
  /** So many refusals are told by this one entry. */
  times: number
  requestId: string
  /** Its place in the chain, from 1 on; 0: it is not sealed yet. */
  seq: number
  /** The chain's hash at this entry, in hex; empty while it is not sealed. */
  hash: string
}

export const auditEntries: Table<AuditRow> = {
  name: 'audit_entries',
  columns: {
    id: 'text',
    at: 'integer',
    by: 'text',
    via: 'text',
    address: 'text',
    action: 'text',
    namespace: 'text',
    repository: 'text',
    target: 'text',
    before: 'text',
    after: 'text',
    outcome: 'text',
    code: 'text',
    times: 'integer',
    requestId: 'text',
    seq: 'integer',
    hash: 'text',
  },
  key: ['id'],
  indexes: {
    byActor: ['by'],
    byNamespace: ['namespace'],
    byRepository: ['repository'],
    byAction: ['action'],
    byOutcome: ['outcome'],
    bySeq: ['seq'],
  },
}

/** What releases before accounts wrote of changes. Its entries are taken over into `auditEntries`. */
export type EarlierAuditRow = Pick<
  AuditRow,
  'at' | 'by' | 'action' | 'repository' | 'target' | 'before' | 'after' | 'requestId' | 'address'
>

export const earlierAudit: Log<EarlierAuditRow> = {
  name: 'audit',
  columns: {
    at: 'integer',
    by: 'text',
    action: 'text',
    repository: 'text',
    target: 'text',
    before: 'text',
    after: 'text',
    requestId: 'text',
    address: 'text',
  },
}

/** What others may want to react to. One row per event, in the order of the commits that made them. */
export type EventRow = {
  at: number
  kind: string
  repository: string
  tag: string
  digest: string
  previous: string
  mediaType: string
  by: string
  /** The id of the artifact or the collection that it is about, and which version; empty where it is about neither. */
  artifact: string
  version: string
}

export const events: Log<EventRow> = {
  name: 'events',
  columns: {
    at: 'integer',
    kind: 'text',
    repository: 'text',
    tag: 'text',
    digest: 'text',
    previous: 'text',
    mediaType: 'text',
    by: 'text',
    artifact: 'text',
    version: 'text',
  },
}

/** Keys and hashes of passwords that the registry makes for itself. */
export type SecretRow = { name: string; bytes: Uint8Array }

/** The row that is written anew to see whether rows can be written. */
export const triedSecret = 'readiness'

export const secrets: Table<SecretRow> = {
  name: 'secrets',
  columns: { name: 'text', bytes: 'bytes' },
  key: ['name'],
}
