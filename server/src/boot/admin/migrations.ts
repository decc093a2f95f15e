import { join } from 'node:path'
import { schemaVersion } from '../../ports/store/table.ts'
import type { Downgrade } from '../../ports/store/way-back.ts'
import { schema } from '../schema.ts'

export interface MigrationStatus {
  readonly data: string
  /** That the records are at; 0 where no table was made yet. */
  readonly version: number
  /** What this release makes of it. */
  readonly known: number
  readonly migrations: readonly {
    readonly version: number
    readonly name: string
    readonly state: 'applied' | 'pending'
  }[]
  /** What is not as a release of that version has left it; null where the records are newer than this release. */
  readonly differences: readonly string[] | null
}

/** How the tables of a data folder stand to this release, whoever has its lock. Changes nothing. @throws StoreError */
export async function migrationStatus(data: string): Promise<MigrationStatus> {
  const { inspectSchema } = await import('../../adapters/store/sqlite/inspect-schema.ts')
  const { version: found, differences = null } = inspectSchema(data, schema)
  return {
    data,
    version: found,
    known: schemaVersion(schema),
    migrations: schema.migrations.map(({ version, name }) => ({
      version,
      name,
      state: version <= found ? 'applied' : 'pending',
    })),
    differences,
  }
}

/** Where a migration upward from this version leaves the records as they were. */
export async function copyBefore(data: string, version: number): Promise<string> {
  const { copyOfVersion } = await import('../../adapters/store/sqlite/migrate.ts')
  return copyOfVersion(join(data, 'lading.db'), version)
}

/** Holds the folder's lock. @throws StoreError, and what the file system says */
export async function openDowngrade(data: string): Promise<Downgrade> {
  const { openSqliteDowngrade } = await import('../../adapters/store/sqlite/migrate-down.ts')
  return openSqliteDowngrade(data, schema)
}

export const newestVersion: number = schemaVersion(schema)

/** For SQLite. @throws StoreError where there is no such version, or nothing between them */
export async function sqliteMigrations(from: number, to: number): Promise<string> {
  const { exportSql } = await import('../../adapters/store/sqlite/export-sql.ts')
  return exportSql(schema, from, to)
}
