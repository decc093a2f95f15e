import type { CustomTypesConfig } from 'pg'
import type { Value } from '../../../ports/store/table.ts'

/** What a statement binds. */
export type SqlValue = string | number | boolean | Buffer | null | readonly SqlValue[]

/** Bytes travel as they are, all else as text. */
export function toSql(value: Value): SqlValue {
  return value instanceof Uint8Array
    ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    : (value as SqlValue)
}

type Parse = (text: string) => unknown

const bool: Parse = (text) => text === 't'
const number: Parse = (text) => Number(text)
/** Shares no memory with other values, as the driver's own would. */
const bytes: Parse = (text) => new Uint8Array(Buffer.from(text.slice(2), 'hex'))
const asIs: Parse = (text) => text

/** By the number that PostgreSQL gives a type. Integers are safe ones, and so are transactions for millennia. */
const parsers: ReadonlyMap<number, Parse> = new Map([
  [16, bool],
  [17, bytes],
  [20, number],
  [23, number],
  [701, number],
  [5069, number],
])

export const sqlTypeParsers: CustomTypesConfig = {
  getTypeParser: ((oid: number) => parsers.get(oid) ?? asIs) as CustomTypesConfig['getTypeParser'],
}
