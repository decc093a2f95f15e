import type { Db } from 'mongodb'
import { StoreError } from '../../../ports/store/errors.ts'
import { type Schema, schemaVersion } from '../../../ports/store/table.ts'
import { type DeclaredTable, declared } from '../shared/declared.ts'
import { collectionNames, collectionsOf, indexName, uniqueName } from './collections.ts'

/** Throws `permanent` where collections or indexes are not those declared. */
export async function refuseDifferences(db: Db, schema: Schema): Promise<void> {
  const differences = await differencesOf(db, schema)
  if (differences.length === 0) return
  throw new StoreError(
    'permanent',
    `the database ${db.databaseName} does not hold the tables of version ${schemaVersion(schema)}: ${differences.join('; ')}`,
  )
}

/** What is not as declared, one phrase each. */
export async function differencesOf(db: Db, schema: Schema): Promise<string[]> {
  const { tables, logs } = declared(schema)
  const names = await collectionNames(db)
  const missing = [...tables.keys(), ...logs.keys()].filter((name) => !names.has(name))
  const present = [...tables.values()].filter(({ name }) => names.has(name))
  const ofTables = await Promise.all(present.map((table) => indexDifferences(db, table)))
  return [...missing.map((name) => `${name} is missing`), ...ofTables.flat()]
}

async function indexDifferences(db: Db, table: DeclaredTable): Promise<string[]> {
  const list = await collectionsOf(db).table(table.name).listIndexes().toArray()
  const found = new Set(list.map(({ name, unique }) => (unique === true ? `unique ${name}` : `${name}`)))
  const wanted = [
    ...Array.from(table.unique.keys(), (name) => `unique ${uniqueName(name)}`),
    ...[...table.indexes.keys()].filter((name) => name !== 'key').map(indexName),
  ]
  // An index that somebody has added makes writes slower and nothing wrong, unless it refuses some of them.
  const extra = [...found].filter((name) => name.startsWith('unique ') && !wanted.includes(name))
  return [
    ...wanted.filter((name) => !found.has(name)).map((name) => `${table.name} lacks the index ${name}`),
    ...extra.map((name) => `${table.name} has the index ${name}, which is not declared`),
  ]
}
