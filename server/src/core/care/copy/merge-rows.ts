import type { Cursor, Store, Stored } from '../../../ports/store/store.ts'
import type { Row, Table, Value } from '../../../ports/store/table.ts'

/** The two rows of one key; at least one of them is there. */
export interface Pair {
  readonly source?: Row
  readonly target?: Stored
}

export type Finding = Pick<Store, 'find'>

/** All rows of a table in the order of its key, page by page. */
export async function* rowsByKey(store: Finding, table: Table, limit: number): AsyncGenerator<Stored, void> {
  let after: Cursor | undefined
  do {
    const page = await store.find(table, { index: 'key', limit, ...(after && { after }) })
    yield* page.rows
    after = page.next
  } while (after !== undefined)
}

/** Both in the order of the table's key; so are the pairs. */
export async function* mergeRows(
  table: Table,
  source: AsyncIterable<Row>,
  target: AsyncIterable<Stored>,
): AsyncGenerator<Pair, void> {
  const [left, right] = [source[Symbol.asyncIterator](), target[Symbol.asyncIterator]()]
  let [here, there] = await Promise.all([left.next(), right.next()])
  while (here.done !== true || there.done !== true) {
    const order = orderOf(table, here, there)
    const pair = {
      ...(order <= 0 && here.done !== true && { source: here.value }),
      ...(order >= 0 && there.done !== true && { target: there.value }),
    }
    yield pair
    if (order <= 0) here = await left.next()
    if (order >= 0) there = await right.next()
  }
}

/** Below 0: the source's row comes first; 0: they have one key. One that is at its end comes last. */
function orderOf(
  table: Table,
  here: IteratorResult<Row, unknown>,
  there: IteratorResult<Stored, unknown>,
): number {
  if (here.done === true) return 1
  if (there.done === true) return -1
  for (const column of table.key) {
    const order = compareValues(here.value[column], there.value[column])
    if (order !== 0) return order
  }
  return 0
}

/** As every engine orders the values of a key: text by its bytes, false before true. */
export function compareValues(one: Value, other: Value): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other
  if (typeof one === 'boolean' && typeof other === 'boolean') return Number(one) - Number(other)
  if (typeof one === 'string' && typeof other === 'string') {
    return compareTexts(one, other)
  }
  if (one instanceof Uint8Array && other instanceof Uint8Array) return Buffer.compare(one, other)
  throw new TypeError('a column of a key holds values of two types')
}

/** Units of UTF-16 come in the order of bytes but where one is half of a character. */
function compareTexts(one: string, other: string): number {
  if (one === other) return 0
  const length = Math.min(one.length, other.length)
  for (let at = 0; at < length; at++) {
    const [left, right] = [one.charCodeAt(at), other.charCodeAt(at)]
    if (left === right) continue
    if (left < firstHalf && right < firstHalf) return left - right
    return Buffer.compare(Buffer.from(one), Buffer.from(other))
  }
  return one.length - other.length
}

const firstHalf = 0xd800

export function equalValues(one: Value, other: Value): boolean {
  if (one instanceof Uint8Array && other instanceof Uint8Array) return Buffer.compare(one, other) === 0
  return one === other
}
