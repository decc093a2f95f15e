import { join } from 'node:path'
import type { Config } from '../../config/config.ts'
import { schemaVersion } from '../../ports/store/table.ts'
import type { Downgrade } from '../../ports/store/way-back.ts'
import { loadEngine } from '../load-engine.ts'
import { mongodbOptions, postgresqlOptions, storeEngine } from '../open-store.ts'
import { schema } from '../schema.ts'
import { placeOfRecords } from './places-of.ts'

export interface MigrationStatus {
  /** The data folder, or the database. */
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

/** How the tables stand to this release, whoever has them open. Changes nothing. @throws StoreError */
export async function migrationStatus(config: Config): Promise<MigrationStatus> {
  const { version: found, differences = null } = await inspectRecords(config)
  return {
    data: placeOfRecords(config),
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

interface Inspected {
  readonly version: number
  readonly differences: readonly string[] | undefined
}

/** @throws StoreError */
export async function inspectRecords(config: Config): Promise<Inspected> {
  switch (storeEngine(config)) {
    case 'sqlite': {
      const { inspectSchema } = await import('../../adapters/store/sqlite/inspect-schema.ts')
      return inspectSchema(config.data, schema)
    }
    case 'postgresql': {
      const { inspectPostgresql } = await loadEngine(
        () => import('../../adapters/store/postgresql/inspect-schema.ts'),
      )
      return await inspectPostgresql(postgresqlOptions(config), schema)
    }
    case 'mongodb': {
      const { inspectMongodb } = await loadEngine(
        () => import('../../adapters/store/mongodb/inspect-schema.ts'),
      )
      return await inspectMongodb(mongodbOptions(config), schema)
    }
  }
}

/** Where a migration upward from this version leaves the records as they were; undefined: nowhere, they are on a server. */
export async function copyBefore(config: Config, version: number): Promise<string | undefined> {
  if (storeEngine(config) !== 'sqlite') return undefined
  const { copyOfVersion } = await import('../../adapters/store/sqlite/migrate.ts')
  return copyOfVersion(join(config.data, 'lading.db'), version)
}

/** Keeps others out meanwhile. @throws StoreError, and what the file system says */
export async function openDowngrade(config: Config): Promise<Downgrade> {
  switch (storeEngine(config)) {
    case 'sqlite': {
      const { openSqliteDowngrade } = await import('../../adapters/store/sqlite/migrate-down.ts')
      return openSqliteDowngrade(config.data, schema)
    }
    case 'postgresql': {
      const { openPostgresqlDowngrade } = await loadEngine(
        () => import('../../adapters/store/postgresql/migrate-down.ts'),
      )
      return await openPostgresqlDowngrade(postgresqlOptions(config), schema)
    }
    case 'mongodb': {
      const { openMongodbDowngrade } = await loadEngine(
        () => import('../../adapters/store/mongodb/migrate-down.ts'),
      )
      return await openMongodbDowngrade(mongodbOptions(config), schema)
    }
  }
}

export const newestVersion: number = schemaVersion(schema)

export type SqlEngine = 'sqlite' | 'postgresql'

/** @throws StoreError where there is no such version, or nothing between them */
export async function migrationsAsSql(engine: SqlEngine, from: number, to: number): Promise<string> {
  const { exportSql } =
    engine === 'sqlite'
      ? await import('../../adapters/store/sqlite/export-sql.ts')
      : await import('../../adapters/store/postgresql/export-sql.ts')
  return exportSql(schema, from, to)
}
