import { insert } from '../../ports/store/change.ts'
import type { Position } from '../../ports/store/store.ts'
import { namespaceIn } from '../ledger/audit-row.ts'
import type { Core } from '../ledger/core.ts'
import { entryTime } from '../ledger/entry-ids.ts'
import { type AuditRow, auditEntries, type EarlierAuditRow, earlierAudit } from '../ledger/tables.ts'
import { indexEra } from '../search/index-era.ts'
import { type Chain, readChain } from './chain-row.ts'

const entriesPerBatch = 400

/**
 * Takes over what earlier releases have written to their log, and what one that runs beside still writes. Each entry once,
 * whatever cuts it short: how far it has come is in the batch of the entries.
 */
export async function importEarlier(core: Core, signal: AbortSignal): Promise<number> {
  let imported = 0
  for (;;) {
    signal.throwIfAborted()
    const some = await importSome(core)
    imported += some
    if (some < entriesPerBatch) return imported
  }
}

async function importSome(core: Core): Promise<number> {
  const chain = await readChain(core)
  // Most have no such log: no era has to be asked for.
  if (chain.row.imported === 0 && (await core.store.last(earlierAudit)) === undefined) return 0
  const era = await indexEra(core)
  const after = chain.row.importedEra === era ? place(chain) : await skipped(core, chain.row.imported)
  const { entries } = await core.store.tail(earlierAudit, after, entriesPerBatch)
  const last = entries.at(-1)
  if (last === undefined) return 0
  return await core.ledger.keep(async () => {
    const { row, changed } = await readChain(core)
    // Somebody else has taken some over meanwhile: the next look finds what is left.
    if (row.imported !== chain.row.imported) return { value: 0, changes: [] }
    const rows = entries.map((entry, at) => asEntry(entry.row, row.imported + at))
    const state = changed({
      imported: row.imported + entries.length,
      importedTo: last.at,
      importedEra: era,
    })
    return { value: entries.length, changes: [...rows.map((each) => insert(auditEntries, each)), state] }
  })
}

function place({ row }: Chain): Position | undefined {
  return row.importedTo === '' ? undefined : (row.importedTo as Position)
}

/** Positions say nothing of a log that was copied or put back; how many entries were before does. */
async function skipped({ store }: Core, count: number): Promise<Position | undefined> {
  let after: Position | undefined
  for (let left = count; left > 0; ) {
    const { entries } = await store.tail(earlierAudit, after, Math.min(left, 1000))
    if (entries.length === 0) break
    left -= entries.length
    after = entries.at(-1)?.at
  }
  return after
}

function asEntry(row: EarlierAuditRow, number: number): AuditRow {
  return {
    ...row,
    id: `${entryTime(row.at)}${number.toString(16).padStart(8, '0')}${'0'.repeat(12)}`,
    via: '',
    namespace: namespaceIn(row.repository, row.target),
    outcome: 'done',
    code: '',
    times: 1,
    seq: 0,
    hash: '',
  }
}
