import { type AnyBulkWriteOperation, Long } from 'mongodb'
import type { Row } from '../../../ports/store/table.ts'
import { Overtaken } from '../../shared/mongodb-store-error-of.ts'
import type { CheckedBatch } from '../shared/checked-batch.ts'
import type { DeclaredLog } from '../shared/declared.ts'
import { type Applying, forReading, inSession } from './applying.ts'
import type { RowStep } from './decide.ts'
import { documentOf, type RowDocument, toBson } from './documents.ts'

interface Decided {
  readonly steps: readonly RowStep[]
  readonly touched: readonly number[]
}

/** Throws `Overtaken` where a row is not as it was read any more. */
export async function writeBatch(
  parts: Applying,
  batch: CheckedBatch,
  { steps, touched }: Decided,
): Promise<void> {
  for (const [table, own] of groupBy(steps, (step) => step.table.name)) await writeRows(parts, table, own)
  const appended = batch.changes.flatMap((change) => (change.do === 'append' ? [change] : []))
  for (const [log, own] of groupBy(appended, (change) => change.log)) {
    await appendEntries(
      parts,
      parts.schema.logs.get(log) as DeclaredLog,
      own.map(({ row }) => row),
    )
  }
  await parts.collections.batches.insertOne(
    { _id: batch.id, state: 'applied', touched, at: new Date(parts.now()) },
    inSession(parts),
  )
}

async function writeRows(parts: Applying, table: string, steps: readonly RowStep[]): Promise<void> {
  const result = await parts.collections.table(table).bulkWrite(steps.map(operationOf), {
    ordered: true,
    ...inSession(parts),
  })
  const count = (write: RowStep['write']): number => steps.filter((step) => step.write === write).length
  if (
    result.insertedCount !== count('insert') ||
    result.deletedCount !== count('remove') ||
    result.matchedCount !== count('replace') + count('check')
  )
    throw new Overtaken(`rows of ${table} have changed since they were read`)
}

function operationOf(step: RowStep): AnyBulkWriteOperation<RowDocument> {
  const { table, id } = step
  if (step.write === 'insert') return { insertOne: { document: documentOf(table, step.after) } }
  const filter = { _id: id, rev: step.before.rev }
  switch (step.write) {
    case 'replace':
      return { replaceOne: { filter, replacement: documentOf(table, step.after) } }
    case 'remove':
      return { deleteOne: { filter } }
    case 'check':
      // A write, so that whoever changes the row at the same time and this batch exclude each other.
      return { updateOne: { filter, update: { $inc: { _checks: 1 } as never } } }
  }
}

/** Entries are numbered in the order of commits: whoever appends to a log at the same time changes its last number too. */
async function appendEntries(parts: Applying, log: DeclaredLog, rows: readonly Row[]): Promise<void> {
  const { logs } = parts.collections
  const found = await logs.findOne({ _id: log.name }, forReading(parts))
  const last = found?.last ?? 0
  const moved = await logs.updateOne(
    { _id: log.name, last: Long.fromNumber(last) as never },
    { $set: { last: Long.fromNumber(last + rows.length) as never } },
    inSession(parts),
  )
  if (moved.matchedCount !== 1) throw new Overtaken(`the log ${log.name} has grown since it was read`)
  const entries = rows.map((row, place) => ({
    ...Object.fromEntries(log.columns.map((column) => [column.name, toBson(column, row[column.name])])),
    _id: Long.fromNumber(last + place + 1) as never,
  }))
  await parts.collections.entries(log.name).insertMany(entries, { ordered: true, ...inSession(parts) })
}

function groupBy<T>(list: readonly T[], nameOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const one of list) {
    const name = nameOf(one)
    const group = groups.get(name)
    if (group === undefined) groups.set(name, [one])
    else group.push(one)
  }
  return groups
}
