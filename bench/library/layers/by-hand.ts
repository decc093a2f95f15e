import { join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { columnsOf, keysOf, type MadeRow } from '../made-rows.ts'
import type { Layer, Listing, Narrowed, Piece, Told } from './layer.ts'

/** Of a row that nobody shares. */
const revision = '0'.repeat(32)
/** Creations that wait for one flush together. */
const clients = 16

/** SQLite as somebody would use it who writes the statements themselves, and knows that prepared ones are quick. */
export function byHandOn(folder: string): Layer {
  const db = openedByHand(folder)
  const read = db.prepare(`${wholeArtifact} WHERE a."id" = ? AND a."live" = 1`)
  const inserts = new Inserts(db)
  const lists = new Map<string, StatementSync>()
  let waiting: { readonly piece: Piece; readonly done: () => void }[] = []
  const flush = (): void => {
    const group = waiting
    waiting = []
    db.exec('BEGIN IMMEDIATE')
    for (const { piece } of group) for (const row of piece.rows) inserts.run(row)
    db.exec('COMMIT')
    for (const { done } of group) done()
  }
  return {
    read: async (id) => tell(read.get(id) as FoundRow | undefined),
    list: async (listing) => {
      const { sql, values } = listSql(listing)
      const known = lists.get(sql)
      const statement = known ?? db.prepare(sql)
      if (known === undefined) lists.set(sql, statement)
      const found = statement.all(...values, listing.limit + 1) as unknown as FoundRow[]
      const items = found.slice(0, listing.limit)
      const last = items.at(-1)
      const next =
        found.length > listing.limit && last !== undefined ? [last[listing.sort], last.id] : undefined
      return { items: items.map(tell), next }
    },
    create: (piece) =>
      new Promise((resolve) => {
        waiting.push({ piece, done: () => resolve(undefined) })
        if (waiting.length === 1) setImmediate(flush)
        else if (waiting.length > clients) throw new Error(`more than ${clients} create at once`)
      }),
    [Symbol.asyncDispose]: async () => db.close(),
  }
}

/** One prepared statement, and what it answers as it comes: the least that reading by a key can cost. */
export function bareGetOn(folder: string): Layer {
  const db = openedByHand(folder)
  const read = db.prepare('SELECT * FROM "artifacts" WHERE "id" = ?')
  const refuse = async (): Promise<never> => {
    throw new Error('it reads by id, and does nothing else')
  }
  return {
    read: async (id) => read.get(id) as unknown as Told,
    list: refuse,
    create: refuse,
    [Symbol.asyncDispose]: async () => db.close(),
  }
}

/** As durable as Lading. */
export function openedByHand(folder: string): DatabaseSync {
  const db = new DatabaseSync(join(folder, 'lading.db'), { timeout: 5_000 })
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY')
  return db
}

/** One statement for each table and log. */
export class Inserts {
  readonly #db: DatabaseSync
  readonly #statements = new Map<
    string,
    { readonly columns: readonly string[]; readonly run: StatementSync }
  >()

  constructor(db: DatabaseSync) {
    this.#db = db
  }

  run({ table, isLog, adds = [], row }: MadeRow): void {
    const known = this.#statements.get(table) ?? this.#prepare(table, isLog, adds)
    const values = known.columns.map((name) => bound(row[name]))
    known.run.run(...values, ...(isLog ? [] : [revision]))
  }

  #prepare(
    table: string,
    isLog: boolean,
    adds: readonly string[],
  ): { readonly columns: readonly string[]; readonly run: StatementSync } {
    const columns = columnsOf.get(table) ?? []
    const all = [...columns, ...(isLog ? [] : ['rev'])]
    const list = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ')
    const sums = adds.map((name) => `"${name}" = "${name}" + excluded."${name}"`)
    const known =
      adds.length === 0
        ? ''
        : ` ON CONFLICT (${list(keysOf.get(table) ?? [])}) DO UPDATE SET ${sums.join(', ')}`
    const marks = all.map(() => '?').join(', ')
    const sql = `INSERT INTO "${table}" (${list(all)}) VALUES (${marks})${known}`
    const made = { columns, run: this.#db.prepare(sql) }
    this.#statements.set(table, made)
    return made
  }
}

const bound = (value: unknown): string | number | null | Uint8Array =>
  typeof value === 'boolean' ? Number(value) : (value as string | number | null | Uint8Array)

const wholeArtifact = `SELECT a.*, b."bytes" AS "sourceBytes" FROM "artifacts" a
  LEFT JOIN "blobs" b ON b."digest" = a."source"`

type FoundRow = Readonly<Record<string, string | number | null>> & {
  readonly id: string
  readonly name: string
  readonly sourceBytes: Uint8Array
}

const decoder = new TextDecoder()
const jsonColumns = ['capabilities', 'topics', 'skills', 'keywords', 'custom'] as const

/** A row as an object of its own, with its lists. */
export function tell(row: FoundRow | undefined): Told {
  if (row === undefined) throw new Error('there is no such artifact')
  const { sourceBytes, ...columns } = row
  const lists = Object.fromEntries(
    jsonColumns.map((name) => [name, JSON.parse(String(row[name])) as unknown]),
  )
  return { ...columns, ...lists, id: row.id, name: row.name, source: decoder.decode(sourceBytes) }
}

function listSql({ by, sort, after }: Listing): {
  readonly sql: string
  readonly values: (string | number)[]
} {
  const { from, where, values } = narrowedSql(by)
  const place = after === undefined ? [] : (after as [string | number, string])
  const beyond = after === undefined ? '' : ` AND (o."${sort}", o."${from.id}") > (?, ?)`
  const rest = `WHERE ${where}${beyond} ORDER BY o."${sort}", o."${from.id}" LIMIT ?`
  const all = [...values, ...place]
  if (from.table === 'artifacts')
    return { sql: `${wholeArtifact.replaceAll('a.', 'o.').replace(' a\n', ' o\n')} ${rest}`, values: all }
  // The join must not lose the order, and SQLite need not keep that of an inner query.
  const inner = `SELECT o."${from.id}" FROM "${from.table}" o ${rest}`
  return { sql: `${wholeArtifact} WHERE a."id" IN (${inner}) ORDER BY a."${sort}", a."id"`, values: all }
}

interface NarrowedSql {
  readonly from: { readonly table: string; readonly id: string }
  readonly where: string
  readonly values: (string | number)[]
}

function narrowedSql(by: Narrowed): NarrowedSql {
  const artifacts = { table: 'artifacts', id: 'id' }
  if ('topic' in by) {
    const where = `o."field" = 'topic' AND o."term" = ? AND o."live" = 1`
    return { from: { table: 'terms', id: 'artifact' }, where, values: [by.topic] }
  }
  if ('organization' in by) {
    const where = 'o."live" = 1 AND o."kind" = ? AND o."organization" = ?'
    return { from: artifacts, where, values: [by.kind, by.organization] }
  }
  if ('author' in by) {
    const where = 'o."live" = 1 AND o."kind" = ? AND o."author" = ?'
    return { from: artifacts, where, values: [by.kind, by.author] }
  }
  const where = 'o."live" = 1 AND o."published" = 1 AND o."kind" = ?'
  return { from: artifacts, where, values: [by.kind] }
}
