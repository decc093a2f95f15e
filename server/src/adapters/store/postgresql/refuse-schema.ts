import type { ClientBase } from 'pg'
import type { StoreError } from '../../../ports/store/errors.ts'
import { type Schema, schemaVersion } from '../../../ports/store/table.ts'
import { declaredViews } from '../shared/declared-view.ts'
import { refused } from '../shared/refuse.ts'
import { tableDifferences, unmadeTables } from './found-schema.ts'
import { expandedAt, type Progress, schemaOf } from './standing-phases.ts'

/** Throws `permanent` where a schema contradicts itself. */
export function checkSchema(schema: Schema): void {
  schema.migrations.forEach(({ version }, at) => {
    if (version !== at + 1) throw refused(`migration ${at + 1} is numbered ${version}`)
  })
  const own = [...schema.tables, ...schema.logs].find(({ name }) => /^lading_/i.test(name))
  if (own !== undefined) throw refused(`a table cannot be named ${own.name}: such names are the engine's own`)
  declaredViews(schema)
  const differences = unmadeTables(schema)
  if (differences.length === 0) return
  throw refused(
    `the migrations of this release do not make the tables that it declares: ${differences.join('; ')}`,
  )
}

/** Throws `permanent`. */
export function refuseNewer({ version }: Progress, schema: Schema): void {
  const known = schemaVersion(schema)
  if (version <= known) return
  throw refused(
    `the database is at schema version ${version}, and this release of Lading knows versions up to ${known}: ` +
      `start the newer release, or have it take the tables back with \`lading migrate down --to ${known}\``,
  )
}

/** Throws `permanent`. */
export async function refuseDifferences(
  client: ClientBase,
  schema: Schema,
  progress: Progress,
): Promise<void> {
  const standing = expandedAt(schema, progress)
  const differences = await tableDifferences(client, schemaOf(standing, schema))
  if (differences.length === 0) return
  throw refused(
    `the database does not hold the tables of version ${progress.version}: ${differences.join('; ')}. ` +
      'Somebody has changed them: undo that, or restore a backup into an empty database',
  )
}

export const halfRestored = (): StoreError =>
  refused(
    'a restore into this database was interrupted, and what is in it is half of a registry: run `lading restore` again',
  )
