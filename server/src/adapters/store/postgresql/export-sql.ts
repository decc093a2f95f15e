import { type Migration, type MigrationStep, type Schema, schemaVersion } from '../../../ports/store/table.ts'
import { quoted } from '../../shared/postgresql-quoted.ts'
import { refused } from '../shared/refuse.ts'
import { inversesOf, standingAt } from '../shared/standing.ts'
import { migrationSql, type StepSql } from './migration-sql.ts'
import { firstStatements, progressStatements } from './schema-state.ts'
import { literal, ownTables } from './table-sql.ts'
import { viewSql, viewStatements } from './views.ts'

/**
 * The migrations between two versions as a script that people read and psql runs: forward, or back where `from` is the later
 * one. 0 is a schema without tables. Throws `permanent` for a version that is not there, and for one twice.
 */
export function exportSql(schema: Schema, from: number, to: number): string {
  const newest = schemaVersion(schema)
  for (const version of [from, to]) {
    if (Number.isSafeInteger(version) && version >= 0 && version <= newest) continue
    throw refused(
      `there is no version ${version}: versions go from 0, which is an empty database, to ${newest}`,
    )
  }
  if (from === to) throw refused(`no migration lies between version ${from} and itself`)
  const parts = from < to ? forward(schema, from, to) : back(schema, from, to)
  return [...head(from, to), ...parts].join('\n')
}

function head(from: number, to: number): string[] {
  const state = from === 0 ? 'a database without tables' : `a database at version ${from}`
  return [
    `-- Lading's records, for PostgreSQL: from version ${from} to version ${to}. To be run on ${state}`,
    '-- with `psql -v ON_ERROR_STOP=1`, while no Lading runs on it, after a copy of it was made. `lading migrate` runs the',
    '-- same statements.',
    '-- Integers whose names end in At, and at, until, due, idleSince, are times in ms since 1970.',
    '-- "rev" is another one after each change of its row. "_xid" and "_at" order the entries of a log.',
    '',
  ]
}

function forward(schema: Schema, from: number, to: number): string[] {
  const views = to === schemaVersion(schema) ? Array.from(viewStatements(schema)).flatMap(viewSql) : []
  return [
    ...(from === 0 ? block('What the engine keeps for itself', firstStatements()) : dropped(schema)),
    ...schema.migrations.slice(from, to).flatMap((migration) => up(schema, migration)),
    ...(views.length > 0 ? block('Views for people', views) : []),
  ]
}

function back(schema: Schema, from: number, to: number): string[] {
  const engine = ownTables.map((name) => `DROP TABLE ${quoted(name)}`)
  return [
    ...dropped(schema),
    ...schema.migrations
      .slice(to, from)
      .reverse()
      .flatMap((migration) => down(schema, migration)),
    ...(to === 0 ? block('What the engine keeps for itself', engine) : []),
  ]
}

/** A table that a view shows could not lose a column. */
function dropped({ views = [] }: Schema): string[] {
  const statements = views.map(({ name }) => `DROP VIEW IF EXISTS ${quoted(name)}`)
  return statements.length === 0
    ? []
    : block('Views are made anew once the tables are as declared', statements)
}

function up(schema: Schema, migration: Migration): string[] {
  const { version, name, steps } = migration
  const stepped = migrationSql(standingAt(schema, version - 1), steps)
  return [
    ...transaction(`${numbered(version)} up: ${name}`, stepped, version),
    `-- ${numbered(version)} down, to be had by --from ${version} --to ${version - 1}:`,
    ...stepsBack(schema, migration)
      .flatMap(({ statements }) => statements)
      .flatMap((sql) => `${sql};`.split('\n'))
      .map((line) => `--   ${line}`),
    '',
  ]
}

function down(schema: Schema, migration: Migration): string[] {
  const { version, name } = migration
  return transaction(`${numbered(version)} down: ${name}`, stepsBack(schema, migration), version - 1)
}

function stepsBack(schema: Schema, { version, steps }: Migration): readonly StepSql[] {
  const inverses = inversesOf(standingAt(schema, version - 1), steps)
  return migrationSql(standingAt(schema, version), inverses)
}

function transaction(title: string, steps: readonly StepSql[], version: number): string[] {
  const body = steps.flatMap(({ step, statements }) => [
    `-- ${described(step)}`,
    ...statements.map((sql) => `${sql};`),
    '',
  ])
  const reached = progressStatements({ version, indexed: version, contracted: version })
  return [`-- ${title}`, 'BEGIN;', '', ...body, ...reached.map((sql) => `${sql};`), 'COMMIT;', '']
}

function block(title: string, statements: readonly string[]): string[] {
  return [`-- ${title}`, 'BEGIN;', ...statements.map((sql) => `${sql};`), 'COMMIT;', '']
}

/** So that files of them are listed in their order. */
const numbered = (version: number): string => String(version).padStart(4, '0')

function described(step: MigrationStep): string {
  switch (step.do) {
    case 'createTable':
      return `Table ${step.table.name}`
    case 'createLog':
      return `Log ${step.log.name}: entries are only added`
    case 'addColumn':
      return `Column ${step.table}.${step.column}; rows that are there get ${literal(step.fill)}`
    case 'dropColumn':
      return `Column ${step.table}.${step.column} goes, with what is in it`
    case 'addIndex':
      return `Order ${step.index} of ${step.table}`
    case 'dropIndex':
      return `Order ${step.index} of ${step.table} is not needed any more`
    case 'dropTable':
      return `Table ${step.table} goes, with its rows`
    case 'dropLog':
      return `Log ${step.log} goes, with its entries`
    case 'removeRows':
      return `What an earlier stay at this version has left in ${step.table}`
  }
}
