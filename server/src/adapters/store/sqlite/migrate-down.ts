import { join, resolve } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import type { Migration, MigrationStep, Schema } from '../../../ports/store/table.ts'
import type { Downgrade, Loss, WayBack } from '../../../ports/store/way-back.ts'
import { refused } from '../shared/refuse.ts'
import { inversesOf, schemaAt, standingAt } from '../shared/standing.ts'
import { openForWriting, storeErrorOf } from './connection.ts'
import {
  checkedVersion,
  copyDatabase,
  copyOnTheWayBack,
  refuseDifferences,
  transaction,
  versionStatement,
} from './migrate.ts'
import { literal, migrationSql } from './migration-sql.ts'
import { lockFolder } from './process-lock.ts'
import { refuseHalfRestored } from './restore-mark.ts'
import { removeSnapshots } from './snapshot.ts'
import { quoted } from './table-sql.ts'
import { dropViewStatements } from './views.ts'

/**
 * Holds the folder's lock. Throws `permanent` where the folder is in use, its records are newer than the schema, or not as a
 * release has left them.
 */
export function openSqliteDowngrade(folder: string, schema: Schema): Downgrade {
  const path = resolve(folder)
  const lock = lockFolder(path)
  try {
    refuseHalfRestored(path)
    removeSnapshots(path)
    const file = join(path, 'lading.db')
    const db = openForWriting(file)
    try {
      return new OpenedDowngrade(db, file, schema, () => lock.release())
    } catch (error) {
      db.close()
      throw error
    }
  } catch (error) {
    lock.release()
    throw storeErrorOf(error)
  }
}

class OpenedDowngrade implements Downgrade {
  readonly version: number
  readonly #db: DatabaseSync
  readonly #file: string
  readonly #schema: Schema
  readonly #release: () => void

  constructor(db: DatabaseSync, file: string, schema: Schema, release: () => void) {
    this.version = checkedVersion(db, file, schema)
    refuseDifferences(db, file, schemaAt(schema, this.version))
    this.#db = db
    this.#file = file
    this.#schema = schema
    this.#release = release
  }

  async plan(to: number): Promise<WayBack> {
    const migrations = this.#undone(to)
    const steps = migrations.flatMap((migration) => inverseSteps(this.#schema, migration))
    try {
      return {
        from: this.version,
        to,
        migrations: migrations.map(({ version, name }) => ({ version, name })),
        losses: losses(this.#db, steps),
      }
    } catch (error) {
      throw storeErrorOf(error)
    }
  }

  async run(to: number): Promise<string> {
    const undone = this.#undone(to)
    const copy = copyOnTheWayBack(this.#file, this.version)
    const statements = undone.flatMap((migration) => takingBack(this.#schema, migration))
    try {
      copyDatabase(this.#db, copy)
      transaction(this.#db, [...dropViewStatements(this.#schema), ...statements], () =>
        refuseDifferences(this.#db, this.#file, schemaAt(this.#schema, to)),
      )
    } catch (error) {
      throw storeErrorOf(error)
    }
    return copy
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#db.close()
    this.#release()
  }

  /** The newest first. */
  #undone(to: number): readonly Migration[] {
    if (!Number.isSafeInteger(to) || to < 1 || to >= this.version) {
      throw refused(`from version ${this.version} there is no way back to version ${to}`)
    }
    return this.#schema.migrations.slice(to, this.version).reverse()
  }
}

/** The statements that take a migration back. Views are to be dropped before. Throws `permanent`. */
function takingBack(schema: Schema, migration: Migration): string[] {
  const steps = inverseSteps(schema, migration)
  return [
    ...migrationSql(standingAt(schema, migration.version), steps).flatMap(({ statements }) => statements),
    versionStatement(migration.version - 1),
  ]
}

function inverseSteps(schema: Schema, { version, steps }: Migration): readonly MigrationStep[] {
  return inversesOf(standingAt(schema, version - 1), steps)
}

function losses(db: DatabaseSync, steps: readonly MigrationStep[]): Loss[] {
  const going = new Set(
    steps.flatMap((step) =>
      step.do === 'dropTable' ? [step.table] : step.do === 'dropLog' ? [step.log] : [],
    ),
  )
  const tables = Array.from(going, (table): Loss => ({ table, rows: countRows(db, table) }))
  const columns = steps.flatMap((step): Loss[] => {
    if (step.do !== 'dropColumn' || going.has(step.table)) return []
    const { table, column, fill } = step
    const rows = countRows(db, table, `${quoted(column)} IS NOT ${literal(fill)}`)
    return [{ table, column, rows }]
  })
  return [...tables, ...columns]
}

function countRows(db: DatabaseSync, table: string, condition = 'TRUE'): number {
  return Number(db.prepare(`SELECT count(*) AS n FROM ${quoted(table)} WHERE ${condition}`).get()?.['n'])
}
