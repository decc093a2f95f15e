import type { Change, Key } from './store.ts'
import type { Value } from './table.ts'

/**
 * Names rows by 32 bits, the same in every process: what a commit has touched, and what a cached answer was made from.
 * Two rows of one hash only cost a needless miss.
 */
export function rowHash(table: string, key: Key): number {
  let hash = hashText(0x811c9dc5, table)
  for (const value of key) hash = hashText(Math.imul(hash ^ 0, 0x01000193), asText(value))
  return hash >>> 0
}

/** For a row that is found by a unique key: also while there is none. */
export function uniqueHash(table: string, unique: string, values: readonly Value[]): number {
  return rowHash(`${table}\0${unique}`, values)
}

/** For what is made from rows that no key names, such as a list: every change of a row of the table touches it. */
export function tableHash(table: string): number {
  return rowHash(`${table}\0*`, [])
}

/**
 * What a batch touches, each hash once. A row that is removed, or changed by `patch`, is named by its primary key alone:
 * what is cached by a unique key must name the primary key too.
 */
export function touchedBy(changes: readonly Change[]): number[] {
  const touched = new Set<number>()
  for (const change of changes) {
    if (change.do === 'append' || change.do === 'check') continue
    const { table } = change
    touched.add(tableHash(table.name))
    if (change.do === 'patch' || change.do === 'remove') {
      touched.add(rowHash(table.name, change.key))
      continue
    }
    const valuesOf = (columns: readonly string[]): Value[] =>
      columns.map((column) => change.row[column] as Value)
    touched.add(rowHash(table.name, valuesOf(table.key)))
    for (const [unique, columns] of Object.entries(table.unique ?? {}))
      touched.add(uniqueHash(table.name, unique, valuesOf(columns)))
  }
  return [...touched]
}

/** FNV-1a over UTF-16 units. */
function hashText(seed: number, text: string): number {
  let hash = seed
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return hash
}

function asText(value: Value): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value)
}
