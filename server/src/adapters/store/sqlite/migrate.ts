import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { StoreError } from '../../../ports/store/errors.ts'
import { type Migration, type Schema, schemaVersion } from '../../../ports/store/table.ts'
import { strangers, tableDifferences } from './found-tables.ts'
import { migrationSql } from './migration-sql.ts'
import { makeOwnFile } from './own-file.ts'

const internalTables = `
  CREATE TABLE "_schema" (one INTEGER PRIMARY KEY CHECK (one = 1), version INTEGER NOT NULL) STRICT;
  CREATE TABLE "_group" (one INTEGER PRIMARY KEY CHECK (one = 1), number INTEGER NOT NULL) STRICT;
  CREATE TABLE "_batches" (id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
  INSERT INTO "_schema" VALUES (1, 0);
  INSERT INTO "_group" VALUES (1, 0);`

/**
 * Brings the database in `file` to the schema's version, each migration in a transaction of its own. Before the first
 * one of a database that holds something, a copy is made beside it: see `copyBefore`. Throws `permanent` where the
 * database is newer than the schema, or its tables are not those declared.
 */
export function migrate(db: DatabaseSync, file: string, schema: Schema): void {
  refuseGaps(schema)
  const target = schemaVersion(schema)
  refuseStrangers(db, file)
  if (isNew(db)) transaction(db, internalTables)
  const found = foundVersion(db)
  if (found > target) throw newerThanKnown(file, found, target)
  if (found > 0 && found < target) copyBefore(db, file, found)
  for (const migration of schema.migrations.slice(found)) apply(db, migration)
  const differences = tableDifferences(db, schema)
  if (differences.length === 0) return
  throw new StoreError(
    'permanent',
    `${file} does not hold the tables of version ${target}: ${differences.join('; ')}`,
  )
}

/** Where the state of a version is kept before it is migrated away from. */
export function copyOfVersion(file: string, version: number): string {
  return join(dirname(file), `lading-before-version-${version + 1}.db`)
}

export function syncPath(path: string): void {
  const handle = openSync(path, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

const isNew = (db: DatabaseSync): boolean =>
  db.prepare(`SELECT 1 FROM sqlite_schema WHERE name = '_schema'`).get() === undefined

function foundVersion(db: DatabaseSync): number {
  const row = db.prepare('SELECT version FROM "_schema"').get() as { version: number }
  return row.version
}

function refuseStrangers(db: DatabaseSync, file: string): void {
  const found = strangers(db)
  if (found.length === 0) return
  throw new StoreError(
    'permanent',
    `${file} has ${found.join(', ')}, which Lading never makes: somebody has changed it, and it is not used`,
  )
}

function refuseGaps(schema: Schema): void {
  schema.migrations.forEach(({ version }, at) => {
    if (version !== at + 1) throw new StoreError('permanent', `migration ${at + 1} is numbered ${version}`)
  })
}

function newerThanKnown(file: string, found: number, known: number): StoreError {
  return new StoreError(
    'permanent',
    `${file} is at schema version ${found}, and this release of Lading knows versions up to ${known}: ` +
      `start the newer release again, or put a copy of version ${known} back, such as ${copyOfVersion(file, known)}`,
  )
}

/** Under its name only once it is whole and on the disk; one of an earlier try is replaced, since data may have come since. */
function copyBefore(db: DatabaseSync, file: string, version: number): void {
  const copy = copyOfVersion(file, version)
  const partial = `${copy}.partial`
  rmSync(partial, { force: true })
  makeOwnFile(partial)
  db.prepare('VACUUM INTO ?').run(partial)
  syncPath(partial)
  renameSync(partial, copy)
  syncPath(dirname(file))
}

function apply(db: DatabaseSync, migration: Migration): void {
  const steps = migration.steps.flatMap((step) => migrationSql(db, step))
  try {
    transaction(db, [...steps, `UPDATE "_schema" SET version = ${migration.version}`].join(';\n'))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const message = `migration ${migration.version} (${migration.name}) failed and was taken back: ${reason}`
    throw new StoreError('permanent', message, { cause: error })
  }
}

function transaction(db: DatabaseSync, sql: string): void {
  db.exec('BEGIN IMMEDIATE')
  try {
    db.exec(sql)
    db.exec('COMMIT')
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  }
}
