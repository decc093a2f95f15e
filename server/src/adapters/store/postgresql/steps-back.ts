import type { Migration, MigrationStep, Schema } from '../../../ports/store/table.ts'
import { afterStep, inverseOf, inversesOf, standingAt } from '../shared/standing.ts'
import { migrationSql } from './migration-sql.ts'
import { expandedAt, isTakingAway, type Progress } from './standing-phases.ts'

export interface StepsBack {
  readonly steps: readonly MigrationStep[]
  readonly statements: readonly string[]
  /** Where the database is afterwards. */
  readonly reached: Progress
}

/**
 * What takes a database back to an earlier version, the newest migration first. What one has not taken away yet, since older
 * processes were at work, is not given back: it still stands, with what is in it. Throws `permanent`.
 */
export function stepsBack(schema: Schema, progress: Progress, to: number): StepsBack {
  const undone = schema.migrations.slice(to, progress.version).reverse()
  const steps = undone.flatMap((migration) => stepsOf(schema, migration, progress))
  return {
    steps,
    statements: migrationSql(expandedAt(schema, progress), steps).flatMap((each) => each.statements),
    reached: {
      version: to,
      indexed: Math.min(to, progress.indexed),
      contracted: Math.min(to, progress.contracted),
    },
  }
}

function stepsOf(
  schema: Schema,
  migration: Migration,
  { indexed, contracted }: Progress,
): readonly MigrationStep[] {
  const { version, steps } = migration
  if (version <= contracted) return inversesOf(standingAt(schema, version - 1), steps)
  const done = steps.filter((step) => !isTakingAway(step) && (step.do !== 'addIndex' || version <= indexed))
  // What an added thing is, its own step says.
  let standing = expandedAt(schema, { version: version - 1, indexed: version - 1, contracted })
  const back = done.flatMap((step) => {
    const inverse = inverseOf(standing, step)
    standing = afterStep(standing, step)
    return inverse === undefined ? [] : [inverse]
  })
  return back.reverse()
}
