import { type AnyBulkWriteOperation, type Collection, type Db, Long } from 'mongodb'
import type { MigrationStep, Value } from '../../../ports/store/table.ts'
import { type DeclaredTable, declaredColumn, declaredTable } from '../shared/declared.ts'
import { afterStep, type Standing, tableOf, typeOf } from '../shared/standing.ts'
import { keptValue } from '../shared/values.ts'
import {
  type Collections,
  collectionNames,
  collectionsOf,
  indexName,
  placeField,
  uniqueName,
} from './collections.ts'
import { columnsOf, type RowDocument, toBson } from './documents.ts'
import { sortTextOf } from './sort-text.ts'

/** Documents that get a place in a new index with one command. */
const placesAtOnce = 1_000

/**
 * Carries steps out, from what stands `before` them. Each may be carried out again after it was cut off. `goOn` is asked
 * before each step and each command of a long one, and throws where somebody else may be at it.
 */
export async function carryOut(
  db: Db,
  { before, steps, goOn }: { before: Standing; steps: readonly MigrationStep[]; goOn: () => void },
): Promise<void> {
  let standing = before
  for (const step of steps) {
    goOn()
    const after = afterStep(standing, step)
    await carryOutOne(db, { before: standing, after, goOn }, step)
    standing = after
  }
}

interface Around {
  readonly before: Standing
  readonly after: Standing
  readonly goOn: () => void
}

async function carryOutOne(db: Db, { before, after, goOn }: Around, step: MigrationStep): Promise<void> {
  const collections = collectionsOf(db)
  switch (step.do) {
    case 'createTable':
      return await createTable(db, declaredTable(step.table))
    case 'createLog':
      await create(db, step.log.name)
      await collections.logs.updateOne(
        { _id: step.log.name },
        { $setOnInsert: { last: Long.fromNumber(0) as never } },
        { upsert: true },
      )
      return
    case 'addColumn': {
      const filter = { [step.column]: { $exists: false } }
      const update = { $set: { [step.column]: bsonOf(after, step, step.fill) } }
      await collections.table(step.table).updateMany(filter, update)
      return
    }
    case 'dropColumn':
      await collections.table(step.table).updateMany({}, { $unset: { [step.column]: '' } })
      return
    case 'addIndex':
      await fillPlaces(collections, { table: declaredTable(tableOf(after, step.table)), goOn }, step.index)
      await collections.table(step.table).createIndex(...indexOf(step.index))
      return
    case 'dropIndex':
      await dropIndex(collections.table(step.table), indexName(step.index))
      await collections.table(step.table).updateMany({}, { $unset: { [placeField(step.index)]: '' } })
      return
    case 'dropTable':
      await drop(db, step.table)
      return
    case 'dropLog':
      await drop(db, step.log)
      await collections.logs.deleteOne({ _id: step.log })
      return
    case 'removeRows': {
      const conditions = Object.entries(step.where).map(([column, value]) => [
        column,
        bsonOf(before, { table: step.table, column }, value),
      ])
      await collections.table(step.table).deleteMany(Object.fromEntries(conditions))
    }
  }
}

/** A value as it stands in documents of the table or log. */
export function bsonOf(
  standing: Standing,
  { table, column }: { readonly table: string; readonly column: string },
  value: Value,
): unknown {
  const declared = declaredColumn(table, column, typeOf(standing, table, column))
  return toBson(declared, keptValue(table, declared, value))
}

async function createTable(db: Db, table: DeclaredTable): Promise<void> {
  await create(db, table.name)
  const rows = collectionsOf(db).table(table.name)
  for (const name of table.unique.keys())
    await rows.createIndex({ [placeField(name)]: 1 }, { name: uniqueName(name), unique: true })
  for (const name of table.indexes.keys()) if (name !== 'key') await rows.createIndex(...indexOf(name))
}

const indexOf = (name: string): [Record<string, 1>, { name: string }] => [
  { [placeField(name)]: 1 },
  { name: indexName(name) },
]

/** Rows that were there before an index get their place in it. */
async function fillPlaces(
  collections: Collections,
  { table, goOn }: { readonly table: DeclaredTable; readonly goOn: () => void },
  index: string,
): Promise<void> {
  const field = placeField(index)
  const columns = table.indexes.get(index) ?? []
  const rows: Collection<RowDocument> = collections.table(table.name)
  for (;;) {
    goOn()
    const found = await rows
      .find({ [field]: { $exists: false } })
      .limit(placesAtOnce)
      .toArray()
    if (found.length === 0) return
    const places = found.map((document): AnyBulkWriteOperation<RowDocument> => {
      const text = sortTextOf(columns, columnsOf(table, document))
      return { updateOne: { filter: { _id: document._id }, update: { $set: { [field]: text } } } }
    })
    await rows.bulkWrite(places, { ordered: false })
  }
}

async function create(db: Db, name: string): Promise<void> {
  if (!(await collectionNames(db)).has(name)) await db.createCollection(name)
}

async function drop(db: Db, name: string): Promise<void> {
  if ((await collectionNames(db)).has(name)) await db.dropCollection(name)
}

async function dropIndex(rows: Collection<RowDocument>, name: string): Promise<void> {
  const indexes = await rows.listIndexes().toArray()
  if (indexes.some((index) => index['name'] === name)) await rows.dropIndex(name)
}
