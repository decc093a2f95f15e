import type { Row, Value } from '../../../ports/store/table.ts'
import type { Column } from './declared.ts'

/** No sort key begins with it: `prefix + beyondAll` lies behind everything that begins with `prefix`. */
export const beyondAll = '\uffff'

const end = '\0'
const numbers = new DataView(new ArrayBuffer(8))

/**
 * Values as one string whose order by UTF-16 code units (JavaScript's `<`) is the order that stores promise:
 * column by column, text by its UTF-8 bytes. No key's string is the beginning of another of the same columns.
 */
export function sortKey(columns: readonly Column[], values: readonly Value[]): string {
  let key = ''
  for (let at = 0; at < values.length; at++) key += encoded(columns[at] as Column, values[at] as Value)
  return key
}

export function sortKeyOf(columns: readonly Column[], row: Row): string {
  let key = ''
  for (const column of columns) key += encoded(column, row[column.name])
  return key
}

function encoded(column: Column, value: Value): string {
  switch (column.type) {
    case 'text':
      return inCodePointOrder(value as string) + end
    case 'integer':
      return encodedInteger(value as number)
    case 'real':
      return encodedReal(value as number)
    case 'boolean':
      return value ? '1' : '0'
    case 'bytes':
      return encodedBytes(value as Uint8Array) + end
  }
}

/** UTF-8 sorts by code point; UTF-16 puts surrogates before U+E000. Moving both ranges past each other mends it. */
function inCodePointOrder(text: string): string {
  return text.replace(/[\ud800-\uffff]/g, (unit) => {
    const code = unit.charCodeAt(0)
    return String.fromCharCode(code >= 0xe000 ? code - 0x800 : code + 0x2000)
  })
}

/** Two halves, since a safe integer moved above zero as a whole would be safe no more. */
function encodedInteger(value: number): string {
  const high = Math.floor(value / 2 ** 32)
  const low = value - high * 2 ** 32
  const positive = high + 2 ** 21
  return String.fromCharCode(positive >>> 16, positive & 0xffff, low >>> 16, low & 0xffff)
}

/** IEEE 754 bits sort as numbers once the sign is flipped, and all bits of a negative number. */
function encodedReal(value: number): string {
  numbers.setFloat64(0, value)
  const mask = value < 0 ? 0xffff : 0
  const first = numbers.getUint16(0) ^ (mask || 0x8000)
  return String.fromCharCode(
    first,
    numbers.getUint16(2) ^ mask,
    numbers.getUint16(4) ^ mask,
    numbers.getUint16(6) ^ mask,
  )
}

/** Each byte one higher, so that the end mark is below them all. */
function encodedBytes(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte + 1)
  return text
}
