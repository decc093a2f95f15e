import type { Log, Table } from '../../ports/store/table.ts'

/** One change that somebody made, and what it was made to. */
export type AuditRow = {
  at: number
  /** As `describePrincipal` writes it. */
  by: string
  action: string
  repository: string
  /** A tag or a digest. */
  target: string
  /** Digests before and after, or empty. */
  before: string
  after: string
  requestId: string
  address: string
}

export const audit: Log<AuditRow> = {
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
