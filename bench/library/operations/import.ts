import type { DatabaseSync } from 'node:sqlite'
import { openSqliteBulkLoad } from '../../../server/src/adapters/store/sqlite/bulk-load.ts'
import { schema } from '../../../server/src/boot/schema.ts'
import type { Log, Table } from '../../../server/src/ports/store/table.ts'
import { Inserts, openedByHand } from '../layers/by-hand.ts'
import type { MadeRow } from '../made-rows.ts'
import { newPieces } from '../pieces.ts'
import type { Task } from '../task.ts'

/** Into a folder that has the tables, and nothing in them. Rows per second, with all that makes them durable and found. */
export async function measureImport(
  task: Extract<Task, { do: 'import' }>,
): Promise<Readonly<Record<string, number>>> {
  const rows = summedUp((await newPieces(task.pieces)).flatMap((piece) => piece.rows))
  const begun = performance.now()
  if (task.layer === 'lading') await loaded(task.folder, rows)
  else if (task.layer === 'by hand') insertedByHand(task.folder, rows)
  else throw new Error(`${task.layer} imports nothing`)
  return { rate: (rows.length * 1000) / (performance.now() - begun) }
}

/** Rows that artifacts share, once. */
function summedUp(rows: readonly MadeRow[]): readonly MadeRow[] {
  const shared = new Map<string, MadeRow>()
  for (const one of rows.filter(({ adds }) => adds !== undefined)) {
    const { table, adds = [], row } = one
    const key = JSON.stringify([table, ...Object.entries(row).filter(([name]) => !adds.includes(name))])
    const before = shared.get(key)?.row
    const sums = adds.map((name) => [name, row[name] + (before?.[name] ?? 0)])
    shared.set(key, { table, isLog: false, row: { ...row, ...Object.fromEntries(sums) } })
  }
  return [...rows.filter(({ adds }) => adds === undefined), ...shared.values()]
}

async function loaded(folder: string, rows: readonly MadeRow[]): Promise<void> {
  const tables = new Map<string, Table>(schema.tables.map((table) => [table.name, table]))
  const logs = new Map<string, Log>(schema.logs.map((log) => [log.name, log]))
  await using load = await openSqliteBulkLoad({ folder }, schema)
  for (const { table, isLog, row } of rows) {
    if (isLog) load.append(logs.get(table) as Log, row)
    else load.insert(tables.get(table) as Table, row)
  }
  await load.finish()
}

function insertedByHand(folder: string, rows: readonly MadeRow[]): void {
  using db = openedByHand(folder)
  const indexes = indexesOf(db)
  db.exec('PRAGMA journal_mode = DELETE; PRAGMA cache_size = -524288; BEGIN EXCLUSIVE')
  for (const { name } of indexes) db.exec(`DROP INDEX "${name}"`)
  const inserts = new Inserts(db)
  for (const row of rows) inserts.run(row)
  for (const { sql } of indexes) db.exec(sql)
  db.exec('COMMIT; PRAGMA journal_mode = WAL')
}

/** Those that can do without while rows come in. */
function indexesOf(db: DatabaseSync): readonly { readonly name: string; readonly sql: string }[] {
  const found = db.prepare(
    `SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL AND sql NOT LIKE 'CREATE UNIQUE%'`,
  )
  return found.all() as unknown as { name: string; sql: string }[]
}
