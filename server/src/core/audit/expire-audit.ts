import { insert, remove } from '../../ports/store/change.ts'
import { auditRow } from '../ledger/audit-row.ts'
import type { Core } from '../ledger/core.ts'
import { eachRow } from '../ledger/each-row.ts'
import { EntryIds } from '../ledger/entry-ids.ts'
import type { Action } from '../ledger/ledger.ts'
import { auditEntries } from '../ledger/tables.ts'
import type { AuditSettings } from './audit-settings.ts'
import { readChain } from './chain-row.ts'
import { type AuditHeadRow, auditHeads } from './tables.ts'

/** Of the entry that tells that others have gone. Its target is the last of them. */
export const expireAction: Action = 'audit.expire'

const principal = { kind: 'system', name: 'audit-retention' } as const
const rowsPerBatch = 400

/**
 * Lets go of entries older than `audit.keep`, as far as a head was signed: that head stays, and with its hash the chain goes
 * on. That they go is an entry itself, in the batch that says so; then the rows are removed. Cut short, it goes on where it was.
 */
export async function expireAudit(
  core: Core,
  { keep }: Pick<AuditSettings, 'keep'>,
  signal: AbortSignal,
): Promise<{ readonly entries: number }> {
  if (keep !== undefined) {
    const head = await lastOlderThan(core, core.clock.now() - keep)
    if (head !== undefined) await moveCheckpoint(core, head, signal)
  }
  return { entries: await removeExpired(core, signal) }
}

/** The newest head before that time: none of its entries is younger. */
async function lastOlderThan(core: Core, before: number): Promise<AuditHeadRow | undefined> {
  let found: AuditHeadRow | undefined
  for await (const head of eachRow(core.store, auditHeads)) {
    if (head.at >= before) break
    found = head
  }
  return found
}

async function moveCheckpoint(core: Core, head: AuditHeadRow, signal: AbortSignal): Promise<void> {
  const ids = new EntryIds(core.random)
  const caller = { principal, requestId: core.random.uuid(), signal }
  await core.ledger.keep(async () => {
    const { row, changed } = await readChain(core)
    if (head.last <= row.expired) return { value: undefined, changes: [] }
    const at = core.clock.now()
    const deed = {
      ...{ action: expireAction, repository: '', target: String(head.last) },
      ...{ before: String(row.expired), after: head.hash },
    }
    // Also where nothing else is recorded: without it, what is gone would have been removed by nobody.
    const entry = auditRow(deed, { id: ids.next(at), at, by: `system:${principal.name}`, caller })
    return {
      value: undefined,
      changes: [insert(auditEntries, entry), changed({ expired: head.last, checkpoint: head.number })],
    }
  })
}

async function removeExpired(core: Core, signal: AbortSignal): Promise<number> {
  const { row: chain } = await readChain(core)
  if (chain.expired === 0) return 0
  let removed = 0
  for (;;) {
    signal.throwIfAborted()
    const some = await core.ledger.keep(async () => {
      const query = { index: 'bySeq', beyond: [0], limit: rowsPerBatch }
      const { rows } = await core.store.find(auditEntries, query)
      const going = rows.filter(({ seq }) => seq <= chain.expired)
      return {
        value: going.length,
        changes: going.map(({ id, rev }) => remove(auditEntries, [id], { rev })),
      }
    })
    removed += some
    if (some < rowsPerBatch) break
  }
  await core.ledger.keep(async () => {
    const { rows } = await core.store.find(auditHeads, { index: 'key', limit: rowsPerBatch })
    const going = rows.filter(({ number }) => number < chain.checkpoint)
    return {
      value: undefined,
      changes: going.map(({ number, rev }) => remove(auditHeads, [number], { rev })),
    }
  })
  return removed
}
