import { requireRight } from '../../core/access/access-parts.ts'
import type { AuditSettings } from '../../core/audit/audit-settings.ts'
import { type Explained, type ExplainParts, explain, type Question } from '../../core/audit/explain.ts'
import { type ExplainedRequest, explainRequest } from '../../core/audit/explain-request.ts'
import { type AuditPage, type AuditQuery, listAudit } from '../../core/audit/list-audit.ts'
import { type AuditHeads, listHeads } from '../../core/audit/list-heads.ts'
import type { Refusal, Refusals } from '../../core/audit/refusals.ts'
import {
  type AuditVerifyOptions,
  type AuditVerifyReport,
  verifyAudit,
} from '../../core/audit/verify-audit.ts'
import type { Caller } from '../../core/ledger/caller.ts'
import { RegistryError } from '../../domain/error.ts'
import { wholeRegistry } from '../../domain/permission.ts'

/** What was done, for those who may know of it. */
export interface Audit {
  /** Somebody was told that they may not. Throws nothing, and nobody waits for it. */
  refused(refusal: Refusal): void
  /** @throws RegistryError `unauthenticated`, `denied` to who may read none of it; `parameter-invalid` */
  list(caller: Caller, query: AuditQuery): Promise<AuditPage>
  /** @throws RegistryError `unauthenticated`, `denied`, `parameter-invalid` */
  explain(caller: Caller, question: Question): Promise<Explained>
  /** What a refusal was, by the id of its request. @throws RegistryError `unauthenticated`, `denied`, `parameter-invalid` */
  explainRequest(caller: Caller, requestId: string): Promise<readonly ExplainedRequest[]>
  /** Of the whole registry. @throws RegistryError `unauthenticated`, `denied` */
  heads(caller: Caller, limit: number): Promise<AuditHeads>
  /** One at a time in this thread. @throws RegistryError `unauthenticated`, `denied`, `unavailable` */
  verify(caller: Caller, options: AuditVerifyOptions): Promise<AuditVerifyReport>
}

export function bindAudit(
  parts: ExplainParts,
  refusals: Refusals,
  { scannedEntries }: Pick<AuditSettings, 'scannedEntries'>,
): Audit {
  const { core } = parts
  const require = (caller: Caller, what: string): Promise<void> =>
    requireRight(parts, caller, { permission: 'audit:read', target: wholeRegistry, what })
  let isVerifying = false
  return {
    refused: (refusal) => refusals.note(refusal),
    list: (caller, query) => listAudit({ ...parts, scanned: scannedEntries }, caller, query),
    explain: (caller, question) => explain(parts, caller, question),
    explainRequest: async (caller, requestId) => {
      // Also one of just now, if this thread answered it.
      await refusals.flush()
      return await explainRequest({ ...parts, scanned: scannedEntries }, caller, requestId)
    },
    heads: async (caller, limit) => {
      await require(caller, 'reading the heads of the audit log')
      return await listHeads(core, limit)
    },
    verify: async (caller, options) => {
      await require(caller, 'verifying the audit log')
      if (isVerifying)
        throw new RegistryError('unavailable', {
          reason: 'the audit log is being verified for somebody else',
          retryAfterMs: 10_000,
        })
      isVerifying = true
      try {
        return await verifyAudit(core, options, () => undefined, caller.signal)
      } finally {
        isVerifying = false
      }
    },
  }
}
