import type { Outcome } from '../../../ports/store/store.ts'
import type { CheckedBatch, RowChange } from '../shared/checked-batch.ts'
import type { Declared, DeclaredTable } from '../shared/declared.ts'
import type { KeptRow } from '../shared/kept-row.ts'
import { type Applying, forReading } from './applying.ts'
import { placeField } from './collections.ts'
import {
  type FoundRows,
  type Holders,
  type RowStep,
  rowSteps,
  uniqueFailure,
  uniquePlace,
  wantedTexts,
} from './decide.ts'
import { rowOf } from './documents.ts'
import { sortText } from './sort-text.ts'
import { writeBatch } from './write-batch.ts'

/**
 * Reads all that the batch names, decides, and only then writes: every row that it names, those it only checks too, each
 * where it still is as it was read. Commits nothing. `repeat`: the batch is in already. Throws `Overtaken`, errors of the
 * driver, and `permanent`.
 */
export async function applyBatch(
  parts: Applying,
  batch: CheckedBatch,
  touched: readonly number[],
): Promise<Outcome | 'repeat' | 'void'> {
  const known = await parts.collections.batches.findOne({ _id: batch.id }, forReading(parts))
  if (known?.state !== undefined) return known.state === 'applied' ? 'repeat' : 'void'
  const idOf = idsOf(parts.schema)
  const found = await findRows(parts, batch, idOf)
  const steps = rowSteps(batch, parts.schema, idOf, found)
  if ('ok' in steps) return steps
  const failure = uniqueFailure(steps, await findHolders(parts, steps))
  if (failure !== undefined) return failure
  await writeBatch(parts, batch, { steps, touched })
  return { ok: true }
}

function idsOf({ tables }: Declared): (change: RowChange) => string {
  const ids = new Map<RowChange, string>()
  return (change) => {
    const known = ids.get(change)
    if (known !== undefined) return known
    const id = sortText((tables.get(change.table) as DeclaredTable).key, change.key)
    ids.set(change, id)
    return id
  }
}

async function findRows(
  parts: Applying,
  batch: CheckedBatch,
  idOf: (change: RowChange) => string,
): Promise<FoundRows> {
  const asked = new Map<string, string[]>()
  for (const change of batch.changes) {
    if (change.do !== 'append') asked.set(change.table, [...(asked.get(change.table) ?? []), idOf(change)])
  }
  const found = new Map<string, Map<string, KeptRow>>()
  // One after the other: a transaction takes one command at a time.
  for (const [name, ids] of asked) {
    const table = parts.schema.tables.get(name) as DeclaredTable
    const documents = parts.collections.table(name).find({ _id: { $in: ids } }, forReading(parts))
    const rows = new Map<string, KeptRow>()
    for (const document of await documents.toArray()) rows.set(document._id, rowOf(table, document))
    found.set(name, rows)
  }
  return found
}

async function findHolders(parts: Applying, steps: readonly RowStep[]): Promise<Holders> {
  const asked = new Map<string, string[]>()
  for (const step of steps)
    for (const [unique, text] of wantedTexts(step)) {
      const name = `${step.table.name}\0${unique}`
      asked.set(name, [...(asked.get(name) ?? []), text])
    }
  const holders: Holders = new Map()
  for (const [name, texts] of asked) {
    const [table = '', unique = ''] = name.split('\0')
    const field = placeField(unique)
    const documents = parts.collections
      .table(table)
      .find({ [field]: { $in: texts } }, { ...forReading(parts), projection: { [field]: 1 } })
    for (const { _id, _by } of await documents.toArray())
      holders.set(uniquePlace(table, unique, _by?.[unique] ?? ''), _id)
  }
  return holders
}
