import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { StoreError } from '../../../ports/store/errors.ts'
import { type Migration, type Schema, schemaVersion } from '../../../ports/store/table.ts'
import { declaredViews } from '../shared/declared-view.ts'
import { standingAt } from '../shared/standing.ts'
import { strangers, tableDifferences, unmadeTables } from './found-tables.ts'
import { versionIn } from './inspect-folder.ts'
import { migrationSql } from './migration-sql.ts'
import { makeOwnFile } from './own-file.ts'
import { dropViewStatements, viewChanges } from './views.ts'

/** What the engine keeps beside the tables of a schema. */
export const internalTables: readonly string[] = [
  'CREATE TABLE "_schema" (one INTEGER PRIMARY KEY CHECK (one = 1), version INTEGER NOT NULL) STRICT',
  'CREATE TABLE "_group" (one INTEGER PRIMARY KEY CHECK (one = 1), number INTEGER NOT NULL) STRICT',
  'CREATE TABLE "_batches" (id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID',
  'INSERT INTO "_schema" VALUES (1, 0)',
  'INSERT INTO "_group" VALUES (1, 0)',
]

/**
 * Brings the database in `file` to the schema's version, each migration in a transaction of its own. Before the first
 * one of a database that holds something, a copy is made beside it: see `copyOfVersion`. Then its views are as declared.
 * Throws `permanent` where the database is newer than the schema, or its tables are not those declared.
 */
export function migrate(db: DatabaseSync, file: string, schema: Schema): void {
  const target = schemaVersion(schema)
  const found = checkedVersion(db, file, schema)
  if (found < target) refuseUnmade(schema)
  if (isNew(db)) transaction(db, internalTables)
  if (found > 0 && found < target) copyDatabase(db, copyOfVersion(file, found))
  for (const migration of schema.migrations.slice(found)) apply(db, schema, migration)
  refuseDifferences(db, file, schema)
  const views = viewChanges(db, schema)
  if (views.length > 0) transaction(db, views)
}

/**
 * The version of a database that a release with this schema may change; 0 where it has none yet. Throws `permanent` where
 * the schema contradicts itself, the database is newer, or somebody else has made something in it.
 */
export function checkedVersion(db: DatabaseSync, file: string, schema: Schema): number {
  refuseGaps(schema)
  declaredViews(schema)
  const found = versionIn(db)
  const target = schemaVersion(schema)
  if (found > target) throw newerThanKnown(file, found, target)
  refuseStrangers(db, file, schema)
  return found
}

/** Throws `permanent`. */
export function refuseDifferences(db: DatabaseSync, file: string, schema: Schema): void {
  const differences = tableDifferences(db, schema)
  if (differences.length === 0) return
  // Where they forget something, it is no fault of the database.
  refuseUnmade(schema)
  throw new StoreError(
    'permanent',
    `${file} does not hold the tables of version ${schemaVersion(schema)}: ${differences.join('; ')}`,
  )
}

/** Where the state of a version is kept before it is migrated away from. */
export function copyOfVersion(file: string, version: number): string {
  return join(dirname(file), `lading-before-version-${version + 1}.db`)
}

/** Where it is kept before it is left for an earlier one. */
export function copyOnTheWayBack(file: string, version: number): string {
  return join(dirname(file), `lading-before-down-from-version-${version}.db`)
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

function refuseStrangers(db: DatabaseSync, file: string, schema: Schema): void {
  const found = strangers(db, schema)
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

/** A migration that forgets what a table declares is a fault of the release: no database is changed for it. */
function refuseUnmade(schema: Schema): void {
  const differences = unmadeTables(schema)
  if (differences.length === 0) return
  throw new StoreError(
    'permanent',
    `the migrations of this release do not make the tables that it declares: ${differences.join('; ')}`,
  )
}

function newerThanKnown(file: string, found: number, known: number): StoreError {
  return new StoreError(
    'permanent',
    `${file} is at schema version ${found}, and this release of Lading knows versions up to ${known}: ` +
      `start the newer release again, have it take the data back with \`lading migrate down --to ${known}\`, ` +
      `or put a copy of version ${known} back, such as ${copyOfVersion(file, known)}`,
  )
}

/** Under its name only once it is whole and on the disk; one of an earlier try is replaced, since data may have come since. */
export function copyDatabase(db: DatabaseSync, copy: string): void {
  const partial = `${copy}.partial`
  rmSync(partial, { force: true })
  makeOwnFile(partial)
  try {
    db.prepare('VACUUM INTO ?').run(partial)
    syncPath(partial)
  } catch (error) {
    // Half a copy helps nobody, and a disk that it has filled up nobody either.
    rmSync(partial, { force: true })
    throw error
  }
  renameSync(partial, copy)
  syncPath(dirname(copy))
}

/** What a migration does, from the version before it. Throws `permanent`. */
function migrationStatements(schema: Schema, { version, steps }: Migration): string[] {
  const before = standingAt(schema, version - 1)
  return [
    ...dropViewStatements(schema),
    ...migrationSql(before, steps).flatMap(({ statements }) => statements),
    versionStatement(version),
  ]
}

export const versionStatement = (version: number): string => `UPDATE "_schema" SET version = ${version}`

function apply(db: DatabaseSync, schema: Schema, migration: Migration): void {
  try {
    transaction(db, migrationStatements(schema, migration))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const message = `migration ${migration.version} (${migration.name}) failed and was taken back: ${reason}`
    throw new StoreError('permanent', message, { cause: error })
  }
}

/** `check` may throw before what was done stands. */
export function transaction(
  db: DatabaseSync,
  statements: readonly string[],
  check: () => void = () => undefined,
): void {
  db.exec('BEGIN IMMEDIATE')
  try {
    db.exec(statements.join(';\n'))
    check()
    db.exec('COMMIT')
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  }
}
