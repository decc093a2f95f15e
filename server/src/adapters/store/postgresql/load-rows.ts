import type { ClientBase } from 'pg'
import { type Schema, schemaVersion, type Value } from '../../../ports/store/table.ts'
import { quoted } from '../../shared/postgresql-quoted.ts'
import { type BaseType, declared } from '../shared/declared.ts'
import { refused } from '../shared/refuse.ts'
import { headPart, type PartShape, partsOf, type RowsHead } from '../shared/row-format.ts'
import { RowsReader } from '../shared/rows-reader.ts'
import { schemaAt } from '../shared/standing.ts'
import { transaction } from './schema-session.ts'
import { progressStatements } from './schema-state.ts'
import { toSql } from './sql-values.ts'
import {
  createLogSql,
  createTableSql,
  firstTransaction,
  literal,
  positionColumn,
  transactionColumn,
} from './table-sql.ts'
import { dropViewStatements } from './views.ts'

/** What is held in memory and sent at once. */
const rowsAtOnce = 1_000
const bytesAtOnce = 1_048_576

/**
 * Replaces all tables by those that the bytes hold, at the version that the bytes are of. Orders are made once the rows are
 * there. Throws `permanent` for bytes of a newer schema, or that are no such records; then what is there is half of them.
 */
export async function loadRows(
  client: ClientBase,
  schema: Schema,
  bytes: AsyncIterable<Uint8Array>,
): Promise<void> {
  const reader = new RowsReader(bytes)
  try {
    await clear(client, schema)
    const head = await reader.head()
    const parts = expectedParts(head, schema)
    const { tables, logs } = declared(schemaAt(schema, head.version))
    for (const [at, part] of parts.entries()) {
      const table = tables.get(part.name)
      const log = logs.get(part.name)
      const [create = '', ...orders] =
        table !== undefined ? createTableSql(table) : log !== undefined ? [createLogSql(log)] : []
      await transaction(client, async () => {
        await client.query('SET LOCAL synchronous_commit = off')
        await client.query(create)
        await loadPart(client, part, { reader, rows: head.parts[at]?.rows ?? 0 })
        for (const sql of orders) await client.query(sql)
      })
    }
    await reader.end()
    const { version } = head
    const reached = progressStatements({ version, indexed: version, contracted: version })
    for (const sql of [...reached, 'ANALYZE']) await client.query(sql)
  } finally {
    await reader.close()
  }
}

/** What an earlier try has left. */
async function clear(client: ClientBase, schema: Schema): Promise<void> {
  const names = new Set(
    schema.migrations.flatMap(({ steps }) =>
      steps.flatMap((step) =>
        step.do === 'createTable' ? [step.table.name] : step.do === 'createLog' ? [step.log.name] : [],
      ),
    ),
  )
  const views = await dropViewStatements(client)
  await transaction(client, async () => {
    for (const sql of views) await client.query(sql)
    for (const name of names) await client.query(`DROP TABLE IF EXISTS ${quoted(name)}`)
    await client.query('DELETE FROM "lading_batches"')
    for (const sql of progressStatements({ version: 0, indexed: 0, contracted: 0 })) await client.query(sql)
  })
}

/** Throws `permanent` where the head is not that of the schema at its version. */
function expectedParts({ version, parts }: RowsHead, schema: Schema): readonly PartShape[] {
  const known = schemaVersion(schema)
  if (version > known) {
    throw refused(
      `the records are of schema version ${version}, and this release of Lading knows versions up to ${known}: restore them with a newer one`,
    )
  }
  const byName = new Map(partsOf(declared(schemaAt(schema, version))).map((part) => [part.name, part]))
  const expected = parts.map(({ name, is, columns, rows }) => {
    const part = byName.get(name)
    byName.delete(name)
    const { columns: own = undefined } = part === undefined ? {} : headPart(part, rows)
    const isSame = part?.is === is && JSON.stringify(own) === JSON.stringify(columns)
    if (part === undefined || !isSame || !Number.isSafeInteger(rows) || rows < 0) {
      throw refused(`the records have a ${is} ${JSON.stringify(name)} that is none of version ${version}`)
    }
    return part
  })
  const [missing] = byName.keys()
  if (missing !== undefined) throw refused(`the records lack ${missing}, which version ${version} has`)
  return expected
}

/** As the server names an array of them; collations are of no matter here. */
const arrayTypes: Readonly<Record<BaseType, string>> = {
  text: 'text[]',
  integer: 'bigint[]',
  real: 'float8[]',
  boolean: 'boolean[]',
  bytes: 'bytea[]',
}

async function loadPart(
  client: ClientBase,
  part: PartShape,
  { reader, rows }: { readonly reader: RowsReader; readonly rows: number },
): Promise<void> {
  const { name, is, columns } = part
  const lists = columns.map((column, at) => `$${at + 1}::${arrayTypes[column.type]}`).join(', ')
  const names = columns.map((column) => quoted(column.name))
  const own = is === 'log' ? [quoted(transactionColumn), quoted(positionColumn)] : []
  const first =
    is === 'log' ? `${literal(firstTransaction)}::xid8, place + $${columns.length + 1}::bigint, ` : ''
  const values = columns.map((_, at) => `v${at}`)
  const text =
    `INSERT INTO ${quoted(name)} (${[...own, ...names].join(', ')}) SELECT ${first}${values.join(', ')} ` +
    `FROM unnest(${lists}) WITH ORDINALITY AS given (${[...values, 'place'].join(', ')})`
  let done = 0
  while (done < rows) {
    const { kept, count } = await someRows(reader, part, rows - done)
    await client.query(text, [...kept, ...(is === 'log' ? [done] : [])])
    done += count
  }
  if (is === 'log' && rows > 0) {
    const sequence = `pg_get_serial_sequence(${literal(quoted(name))}, ${literal(positionColumn)})`
    await client.query(`SELECT setval(${sequence}, ${rows})`)
  }
}

/** Rows as one list for each column. */
async function someRows(
  reader: RowsReader,
  { name, columns }: PartShape,
  most: number,
): Promise<{ readonly kept: readonly unknown[][]; readonly count: number }> {
  const kept: unknown[][] = columns.map(() => [])
  let count = 0
  let bytes = 0
  while (count < Math.min(most, rowsAtOnce) && bytes < bytesAtOnce) {
    const row = await reader.row(name, columns)
    row.forEach((value, at) => {
      kept[at]?.push(toSql(value))
      bytes += sizeOf(value)
    })
    count++
  }
  return { kept, count }
}

const sizeOf = (value: Value): number =>
  typeof value === 'string' || value instanceof Uint8Array ? value.length : 8
