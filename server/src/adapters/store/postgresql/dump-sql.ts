import { type Schema, schemaVersion, type Value } from '../../../ports/store/table.ts'
import { quoted } from '../../shared/postgresql-quoted.ts'
import { declared } from '../shared/declared.ts'
import { type FrozenPart, type FrozenState, freeze } from './frozen-state.ts'
import { type ReachOptions, reachOf } from './reach-of.ts'
import { defaultSchemaWaits } from './schema-session.ts'
import { firstStatements, progressStatements } from './schema-state.ts'
import {
  createLogSql,
  createTableSql,
  firstTransaction,
  literal,
  positionColumn,
  transactionColumn,
} from './table-sql.ts'
import { viewSql, viewStatements } from './views.ts'

/** Rows of one statement. */
const rowsAtOnce = 200
const bytesAtOnce = 1_048_576

/**
 * All records of one moment as a script that people read, and that psql or any client runs on a database without tables, where
 * a Lading of the same release then starts. Each piece is whole statements. Throws StoreError.
 */
export async function* dumpSql(options: ReachOptions, schema: Schema): AsyncGenerator<string> {
  await using frozen = await freeze(reachOf(options), schema, defaultSchemaWaits)
  const version = schemaVersion(schema)
  const parts = await frozen.parts()
  yield head(version)
  yield script('What the engine keeps for itself', [
    ...firstStatements(),
    ...progressStatements({ version, indexed: version, contracted: version }),
  ])
  const { tables, logs } = declared(schema)
  for (const part of parts) {
    const table = tables.get(part.name)
    const log = logs.get(part.name)
    const [create = '', ...orders] =
      table !== undefined ? createTableSql(table) : log !== undefined ? [createLogSql(log)] : []
    const what = part.is === 'table' ? 'Table' : 'Log'
    yield script(`${what} ${part.name}: ${part.rows} ${part.rows === 1 ? 'row' : 'rows'}`, [create])
    yield* insertions(frozen, part)
    if (part.is === 'log' && part.rows > 0) yield `${sequenceSql(part)};\n`
    if (orders.length > 0) yield `${orders.map((sql) => `${sql};`).join('\n')}\n`
  }
  const views = Array.from(viewStatements(schema)).flatMap(viewSql)
  if (views.length > 0) yield script('Views for people', views)
  yield 'COMMIT;\n'
}

function head(version: number): string {
  return [
    `-- All records of a Lading registry at schema version ${version}, for PostgreSQL. To be run on a database without tables:`,
    '-- `psql -v ON_ERROR_STOP=1 -f THIS_FILE`. Content over 64 KiB is not in it: that is in files or in a bucket.',
    '-- Integers whose names end in At, and at, until, due, idleSince, are times in ms since 1970.',
    '-- "rev" is another one after each change of its row. "_xid" and "_at" order the entries of a log.',
    'BEGIN;',
    '',
  ].join('\n')
}

const script = (title: string, statements: readonly string[]): string =>
  `\n-- ${title}\n${statements.map((sql) => `${sql};\n`).join('')}`

async function* insertions(frozen: FrozenState, part: FrozenPart): AsyncGenerator<string> {
  const names = part.columns.map(({ name }) => quoted(name))
  const own = part.is === 'log' ? [quoted(transactionColumn), quoted(positionColumn)] : []
  const into = `INSERT INTO ${quoted(part.name)} (${[...own, ...names].join(', ')}) VALUES\n`
  let place = 0
  for await (const rows of frozen.rows(part, { rows: rowsAtOnce, bytes: bytesAtOnce })) {
    const lines = rows.map((row) => {
      place++
      const first = part.is === 'log' ? [literal(firstTransaction), String(place)] : []
      return `  (${[...first, ...row.map((value: Value) => literal(value))].join(', ')})`
    })
    yield `${into}${lines.join(',\n')};\n`
  }
}

function sequenceSql({ name, rows }: FrozenPart): string {
  return `SELECT setval(pg_get_serial_sequence(${literal(quoted(name))}, ${literal(positionColumn)}), ${rows})`
}
