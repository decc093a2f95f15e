import type { ClientBase } from 'pg'
import type { Migration, Schema } from '../../../ports/store/table.ts'
import { quoted } from '../../shared/postgresql-quoted.ts'
import { refused } from '../shared/refuse.ts'
import { afterStep } from '../shared/standing.ts'
import { addIndexSql, keepColumnSql, migrationSql } from './migration-sql.ts'
import { versionsAtWork } from './schema-locks.ts'
import { changeTables, type SchemaWaits } from './schema-session.ts'
import { progressStatements } from './schema-state.ts'
import { canExpand, expandedAt, isTakingAway, type Progress } from './standing-phases.ts'
import { indexName } from './table-sql.ts'
import { dropViewStatements } from './views.ts'

export interface Steps {
  readonly client: ClientBase
  readonly schema: Schema
  readonly waits: SchemaWaits
}

/**
 * From where a database is to the schema's version. What older processes at work would miss stays; a migration that cannot
 * be done beside them throws `permanent`.
 */
export async function takeSteps(steps: Steps, found: Progress): Promise<void> {
  let progress: Progress = found
  for (const migration of steps.schema.migrations.slice(found.version)) {
    progress = await takeAway(steps, await makeOrders(steps, progress))
    const oldest = await oldestAtWork(steps)
    const alone = oldest === undefined || oldest >= migration.version
    if (alone && progress.contracted === progress.version) progress = await takeWhole(steps, migration)
    else if (canExpand(steps.schema, migration, progress.contracted))
      progress = await expand(steps, migration, progress)
    else throw stopFirst(migration, oldest ?? 0)
  }
  await takeAway(steps, await makeOrders(steps, progress))
}

async function oldestAtWork({ client }: Steps): Promise<number | undefined> {
  const [oldest] = await versionsAtWork(client)
  return oldest
}

const stopFirst = ({ version, name }: Migration, oldest: number): Error =>
  refused(
    `migration ${version} (${name}) cannot be done while a Lading of schema version ${oldest} is at work on the ` +
      'database: stop it, then start this one again',
  )

/** As where nobody else is: in one transaction, in the order of its steps. */
async function takeWhole({ client, schema, waits }: Steps, migration: Migration): Promise<Progress> {
  const { version, steps } = migration
  const before = { version: version - 1, indexed: version - 1, contracted: version - 1 }
  const after: Progress = { version, indexed: version, contracted: version }
  const statements = [
    ...(await dropViewStatements(client)),
    ...migrationSql(expandedAt(schema, before), steps).flatMap((each) => each.statements),
    ...progressStatements(after),
  ]
  await named(migration, () => changeTables(client, waits, statements))
  return after
}

/** What it adds, but for orders, which are made beside those who write. */
async function expand(
  { client, schema, waits }: Steps,
  migration: Migration,
  before: Progress,
): Promise<Progress> {
  const { version } = migration
  let standing = expandedAt(schema, before)
  const statements = migration.steps.flatMap((step) => {
    if (step.do === 'dropColumn') return [keepColumnSql(step)]
    if (isTakingAway(step) || step.do === 'addIndex') return []
    const [sql] = migrationSql(standing, [step])
    standing = afterStep(standing, step)
    return sql?.statements ?? []
  })
  await named(migration, () =>
    changeTables(client, waits, [...statements, ...progressStatements({ version })]),
  )
  return { ...before, version }
}

/** The orders that migrations add and that are not made yet. */
async function makeOrders(steps: Steps, progress: Progress): Promise<Progress> {
  const { client, schema, waits } = steps
  let reached = progress
  for (const migration of schema.migrations.slice(progress.indexed, progress.version)) {
    const { version } = migration
    const standing = expandedAt(schema, { ...reached, indexed: version })
    for (const step of migration.steps) {
      if (step.do !== 'addIndex') continue
      const name = quoted(indexName(step.table, step.index))
      await named(migration, async () => {
        // One that was not made to its end is there nevertheless, and helps nobody.
        await client.query(`DROP INDEX CONCURRENTLY IF EXISTS ${name}`)
        await client.query(addIndexSql(standing, step).replace('CREATE INDEX', 'CREATE INDEX CONCURRENTLY'))
      })
    }
    await changeTables(client, waits, progressStatements({ indexed: version }))
    reached = { ...reached, indexed: version }
  }
  return reached
}

/** What migrations take away, as far as no process at work needs it. */
export async function takeAway(steps: Steps, progress: Progress): Promise<Progress> {
  const { client, schema, waits } = steps
  if (progress.contracted >= progress.indexed) return progress
  const oldest = (await oldestAtWork(steps)) ?? progress.indexed
  let reached = progress
  for (const migration of schema.migrations.slice(progress.contracted, Math.min(progress.indexed, oldest))) {
    const { version: contracted } = migration
    const going = migration.steps.filter(isTakingAway)
    const statements = [
      ...(going.length > 0 ? await dropViewStatements(client) : []),
      ...migrationSql(expandedAt(schema, reached), going).flatMap((each) => each.statements),
      ...progressStatements({ contracted }),
    ]
    await named(migration, () => changeTables(client, waits, statements))
    reached = { ...reached, contracted }
  }
  return reached
}

/** Throws what is thrown, with the migration's name to it. */
async function named<T>({ version, name }: Migration, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Error)
      error.message = `migration ${version} (${name}) was not done: ${error.message}`
    throw error
  }
}
