import type { StatementSync } from 'node:sqlite'
import { and, asc, eq, inArray, type SQL, sql } from 'drizzle-orm'
import {
  blob,
  integer,
  real,
  type SQLiteColumn,
  type SQLiteTable,
  sqliteTable,
  text,
} from 'drizzle-orm/sqlite-core'
import { drizzle, type SqliteRemoteDatabase } from 'drizzle-orm/sqlite-proxy'
import { schema } from '../../../server/src/boot/schema.ts'
import type { MadeRow } from '../made-rows.ts'
import { openedByHand, tell } from './by-hand.ts'
import type { Layer, Listing, Narrowed } from './layer.ts'

type AnyTable = SQLiteTable & Readonly<Record<string, SQLiteColumn>>

/** All tables and logs, as an application would describe them to it. */
const tables: ReadonlyMap<string, AnyTable> = new Map([
  ...schema.tables.map(
    (table) => [table.name, described(table.name, { ...table.columns, rev: 'text' })] as const,
  ),
  ...schema.logs.map((log) => [log.name, described(log.name, log.columns)] as const),
])
const artifacts = tableNamed('artifacts')
const blobs = tableNamed('blobs')
const terms = tableNamed('terms')
const revision = '0'.repeat(32)

function described(name: string, columns: Readonly<Record<string, string>>): AnyTable {
  const made = Object.entries(columns).map(([column, type]) => {
    const base = type.replace('?', '')
    if (base === 'integer') return [column, integer(column)]
    if (base === 'real') return [column, real(column)]
    if (base === 'boolean') return [column, integer(column, { mode: 'boolean' })]
    return [column, base === 'bytes' ? blob(column, { mode: 'buffer' }) : text(column)]
  })
  return sqliteTable(name, Object.fromEntries(made)) as unknown as AnyTable
}

function tableNamed(name: string): AnyTable {
  const table = tables.get(name)
  if (table === undefined) throw new Error(`there is no table ${name}`)
  return table
}

/** The ORM on the same database, by prepared queries where it has them, with a transaction for each creation. */
export function drizzleOn(folder: string): Layer {
  const db = openedByHand(folder)
  const statements = new Map<string, StatementSync>()
  const orm: SqliteRemoteDatabase = drizzle(async (text, params, method) => {
    const known = statements.get(text)
    const statement = known ?? db.prepare(text)
    if (known === undefined) {
      statement.setReturnArrays(true)
      statements.set(text, statement)
    }
    if (method === 'run') {
      statement.run(...(params as string[]))
      return { rows: [] }
    }
    if (method === 'get') return { rows: statement.get(...(params as string[])) as unknown as unknown[] }
    return { rows: statement.all(...(params as string[])) as unknown as unknown[][] }
  })
  const whole = { ...columnsIn(artifacts), sourceBytes: blobs['bytes'] as SQLiteColumn }
  const joined = eq(column(blobs, 'digest'), column(artifacts, 'source'))
  const read = orm
    .select(whole)
    .from(artifacts)
    .leftJoin(blobs, joined)
    .where(and(eq(column(artifacts, 'id'), sql.placeholder('id')), eq(column(artifacts, 'live'), true)))
    .prepare()
  let last: Promise<unknown> = Promise.resolve()
  return {
    read: async (id) => tell((await read.execute({ id }))[0] as never),
    list: async (listing) => {
      const { sort, limit } = listing
      const { from, id, where } = narrowed(listing.by)
      const order = [asc(column(from, sort)), asc(column(from, id))]
      const wanted = and(where, beyond(listing, from, id))
      const all = orm.select(whole).from(artifacts).leftJoin(blobs, joined)
      const inner = orm
        .select({ id: column(from, id) })
        .from(from)
        .where(wanted)
        .orderBy(...order)
        .limit(limit + 1)
      const found = (await (from === artifacts
        ? all
            .where(wanted)
            .orderBy(...order)
            .limit(limit + 1)
        : all
            .where(inArray(column(artifacts, 'id'), inner))
            .orderBy(asc(column(artifacts, sort)), asc(column(artifacts, 'id'))))) as never[]
      const items = found.slice(0, limit)
      const end = items.at(-1) as Record<string, unknown> | undefined
      const next = found.length > limit && end !== undefined ? [end[sort], end['id']] : undefined
      return { items: items.map((row) => tell(row)), next }
    },
    create: async ({ rows }) => {
      // One connection has one transaction at a time.
      const turn = last.then(async () => {
        db.exec('BEGIN IMMEDIATE')
        for (const [table, made] of Map.groupBy(rows, (row) => row.table)) await insertAll(orm, table, made)
        db.exec('COMMIT')
      })
      last = turn.catch(() => undefined)
      await turn
      return undefined
    },
    [Symbol.asyncDispose]: async () => db.close(),
  }
}

async function insertAll(orm: SqliteRemoteDatabase, name: string, rows: readonly MadeRow[]): Promise<void> {
  const table = tableNamed(name)
  const [first] = rows
  const values = rows.map(({ row, isLog }) => (isLog ? row : { ...row, rev: revision }))
  const inserted = orm.insert(table).values(values as never)
  if (first?.adds === undefined) return void (await inserted)
  const set = first.adds.map((each) => [each, sql`${column(table, each)} + ${sql.raw(`excluded."${each}"`)}`])
  const target = schema.tables.find((one) => one.name === name)?.key.map((key) => column(table, key)) ?? []
  await inserted.onConflictDoUpdate({ target, set: Object.fromEntries(set) })
}

function narrowed(by: Narrowed): {
  readonly from: AnyTable
  readonly id: string
  readonly where: SQL | undefined
} {
  if ('topic' in by) {
    const where = and(
      eq(column(terms, 'field'), 'topic'),
      eq(column(terms, 'term'), by.topic),
      eq(column(terms, 'live'), true),
    )
    return { from: terms, id: 'artifact', where }
  }
  const all = Object.entries(by).map(([name, value]) => eq(column(artifacts, name), value))
  return { from: artifacts, id: 'id', where: and(eq(column(artifacts, 'live'), true), ...all) }
}

function beyond({ after, sort }: Listing, from: AnyTable, id: string): SQL | undefined {
  if (after === undefined) return undefined
  const [value, last] = after as [string | number, string]
  return sql`(${column(from, sort)}, ${column(from, id)}) > (${value}, ${last})`
}

function columnsIn(table: AnyTable): Readonly<Record<string, SQLiteColumn>> {
  return Object.fromEntries(schemaColumns.map((name) => [name, column(table, name)]))
}

const schemaColumns = Object.keys(schema.tables.find(({ name }) => name === 'artifacts')?.columns ?? {})

function column(table: AnyTable, name: string): SQLiteColumn {
  const found = table[name]
  if (found === undefined) throw new Error(`there is no column ${name}`)
  return found
}
