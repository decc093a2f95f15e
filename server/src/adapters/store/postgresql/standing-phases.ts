import type { Migration, MigrationStep, Schema } from '../../../ports/store/table.ts'
import { afterStep, nothing, type Standing } from '../shared/standing.ts'

/**
 * How far a database is. A migration is done in two halves where processes of an older release are at work: what it adds
 * at once, what it takes away once they have gone. What is added hinders no older process; see `isTakingAway`.
 */
export interface Progress {
  /** Tables, logs and columns of migrations up to this one are made. */
  readonly version: number
  /** So are their orders. */
  readonly indexed: number
  /** What migrations up to this one take away is gone. Never more than the others. */
  readonly contracted: number
}

/**
 * What an older release would miss. Removed rows are none of it: they are what a later release has noted in an older table,
 * and it must not find them when it begins.
 */
export function isTakingAway(step: MigrationStep): boolean {
  switch (step.do) {
    case 'dropColumn':
    case 'dropIndex':
    case 'dropTable':
    case 'dropLog':
      return true
    case 'createTable':
    case 'createLog':
    case 'addColumn':
    case 'addIndex':
    case 'removeRows':
      return false
  }
}

/** What such a database holds. Throws `permanent` where a later half needs an earlier one that is still missing. */
export function expandedAt({ migrations }: Pick<Schema, 'migrations'>, progress: Progress): Standing {
  return migrations
    .slice(0, progress.version)
    .reduce(
      (standing, migration) =>
        migration.steps.filter((step) => isDone(step, migration, progress)).reduce(afterStep, standing),
      nothing,
    )
}

function isDone(step: MigrationStep, { version }: Migration, { indexed, contracted }: Progress): boolean {
  if (isTakingAway(step)) return version <= contracted
  return step.do !== 'addIndex' || version <= indexed
}

/** Whether this migration's first half can be done while what earlier ones take away still stands. */
export function canExpand(schema: Schema, { version }: Migration, contracted: number): boolean {
  try {
    expandedAt(schema, { version, indexed: version, contracted })
    return true
  } catch {
    return false
  }
}

/** The declaration of what stands. */
export function schemaOf(standing: Standing, { migrations }: Pick<Schema, 'migrations'>): Schema {
  const all = [...standing.values()]
  return {
    tables: all.flatMap((each) => (each.is === 'table' ? [each.table] : [])),
    logs: all.flatMap((each) => (each.is === 'log' ? [each.log] : [])),
    migrations,
  }
}
