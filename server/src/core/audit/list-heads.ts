import type { Core } from '../ledger/core.ts'
import { signingKey } from './signing-key.ts'
import { type AuditHeadRow, auditHeads } from './tables.ts'

export interface AuditHeads {
  /** What they are signed with: its public part, PEM. */
  readonly key: { readonly id: string; readonly algorithm: 'Ed25519'; readonly publicKey: string }
  /** The newest first. */
  readonly heads: readonly Readonly<AuditHeadRow>[]
}

/** What somebody outside needs to keep, so that the log cannot be made anew unnoticed. */
export async function listHeads(core: Core, limit: number): Promise<AuditHeads> {
  const key = await signingKey(core)
  const { rows } = await core.store.find(auditHeads, { index: 'key', back: true, limit })
  return {
    key: { id: key.id, algorithm: 'Ed25519', publicKey: key.publicPem },
    heads: rows.map(({ rev: _, ...head }) => head),
  }
}
