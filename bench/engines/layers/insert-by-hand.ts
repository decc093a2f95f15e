import { columnsOf, keysOf, type MadeRow } from '../../library/made-rows.ts'

/** As the driver takes it; what has a name is prepared once on each connection. */
export interface HandWritten {
  readonly name: string
  readonly text: string
  readonly values: readonly unknown[]
}

/** Of a row that nobody shares. */
const revision = '0'.repeat(32)
const texts = new Map<string, string>()

/**
 * A statement for each row. Those that others add to as well come last, so that they are locked for a short time, and in one
 * order for all, so that nobody waits for each other.
 */
export function creationOf(rows: readonly MadeRow[]): readonly HandWritten[] {
  const own = rows.filter(({ adds }) => adds === undefined)
  const shared = rows.filter(({ adds }) => adds !== undefined)
  const placed = shared.map((made) => ({ made, place: placeOf(made) }))
  placed.sort((one, other) => (one.place < other.place ? -1 : 1))
  return [...own, ...placed.map(({ made }) => made)].map(insertOf)
}

function placeOf({ table, row }: MadeRow): string {
  return JSON.stringify([table, ...(keysOf.get(table) ?? []).map((name) => row[name])])
}

function insertOf(made: MadeRow): HandWritten {
  const { table, isLog, row } = made
  const columns = columnsOf.get(table) ?? []
  const text = texts.get(table) ?? insertSql(made, columns)
  texts.set(table, text)
  const values = columns.map((name) => bound(row[name]))
  return { name: `insert ${table}`, text, values: isLog ? values : [...values, revision] }
}

function insertSql({ table, isLog, adds = [] }: MadeRow, columns: readonly string[]): string {
  const all = [...columns, ...(isLog ? [] : ['rev'])]
  const list = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ')
  const marks = all.map((_, at) => `$${at + 1}`).join(', ')
  const insert = `INSERT INTO "${table}" (${list(all)}) VALUES (${marks})`
  if (adds.length === 0) return insert
  const sums = adds.map((name) => `"${name}" = "${table}"."${name}" + excluded."${name}"`)
  return `${insert} ON CONFLICT (${list(keysOf.get(table) ?? [])}) DO UPDATE SET ${sums.join(', ')}`
}

/** The driver takes bytes as a buffer. */
function bound(value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value
}
