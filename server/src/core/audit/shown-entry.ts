import type { AuditEntry } from './list-audit.ts'

/** As an entry is exported: every column, so that its hash can be made again. `seq` and `hash` are there once it is sealed. */
export function shownEntry({ at, seq, hash, ...entry }: AuditEntry): object {
  return { ...entry, at: new Date(at).toISOString(), ...(seq > 0 && { seq, hash }) }
}
