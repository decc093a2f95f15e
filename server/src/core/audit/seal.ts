import { entryHash } from '../../domain/audit-chain.ts'
import { insert, patch } from '../../ports/store/change.ts'
import type { Change } from '../../ports/store/store.ts'
import type { Core } from '../ledger/core.ts'
import { auditEntries } from '../ledger/tables.ts'
import type { AuditSettings } from './audit-settings.ts'
import { type Chain, readChain } from './chain-row.ts'
import { importEarlier } from './import-earlier.ts'
import { type SigningKey, signingKey } from './signing-key.ts'
import { type AuditHeadRow, auditHeads } from './tables.ts'

/** Few enough that a change that somebody waits for is not held up by a batch. */
const entriesPerBatch = 400

export interface Sealed {
  readonly entries: number
  readonly heads: number
}

/**
 * Gives entries that have none yet their place in the chain, and signs a head where the last one is older than
 * `audit.headInterval`. Entries and the chain's end change in one batch, so whoever is killed in between leaves nothing half
 * done; of several processes at once, one is too late and looks again.
 */
export async function sealAudit(
  core: Core,
  { headInterval }: Pick<AuditSettings, 'headInterval'>,
  signal: AbortSignal,
): Promise<Sealed> {
  await importEarlier(core, signal)
  let [entries, heads] = [0, 0]
  for (;;) {
    signal.throwIfAborted()
    const { row } = await readChain(core)
    const isDue = core.clock.now() - row.headAt >= headInterval
    const key = isDue ? await signingKey(core) : undefined
    const some = await core.ledger.keep(async () => await sealSome(core, key))
    entries += some.entries
    heads += some.heads
    if (some.entries < entriesPerBatch) return { entries, heads }
  }
}

async function sealSome(
  core: Core,
  key: SigningKey | undefined,
): Promise<{ readonly value: Sealed; readonly changes: readonly Change[] }> {
  const chain = await readChain(core)
  const query = { index: 'bySeq', eq: [0], limit: entriesPerBatch }
  const { rows } = await core.store.find(auditEntries, query)
  let { last, hash } = chain.row
  const changes: Change[] = rows.map((row) => {
    hash = entryHash(hash, row)
    return patch(auditEntries, [row.id], { set: { seq: ++last, hash }, when: { seq: { eq: 0 } } })
  })
  const at = core.clock.now()
  const head = key && nextHead(chain, { last, hash, at }, key)
  if (rows.length === 0 && head === undefined) return { value: { entries: 0, heads: 0 }, changes: [] }
  const signed = head && { head: head.number, headLast: head.last, headAt: head.at }
  return {
    value: { entries: rows.length, heads: head === undefined ? 0 : 1 },
    changes: [
      ...changes,
      ...(head === undefined ? [] : [insert(auditHeads, head)]),
      chain.changed({ last, hash, ...(rows.length > 0 && { sealedAt: at }), ...signed }),
    ],
  }
}

/** undefined: there is nothing new to be signed, or somebody has signed meanwhile. */
function nextHead(
  { row }: Chain,
  end: { readonly last: number; readonly hash: string; readonly at: number },
  key: SigningKey,
): AuditHeadRow | undefined {
  if (end.last === row.headLast || end.at <= row.headAt) return undefined
  const head = { number: row.head + 1, first: row.headLast + 1, ...end }
  return { ...head, signature: key.sign(head), key: key.id }
}
