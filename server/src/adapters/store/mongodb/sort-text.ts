import type { Row, Value } from '../../../ports/store/table.ts'
import type { Column } from '../shared/declared.ts'

/** Behind everything that begins with `prefix` is `prefix + beyondAll`: no key has this character. */
export const beyondAll = '\u0100'

const end = '\u0001'
const escaped = '\u0002'
const plain = /^[ -~]*$/

/**
 * Values as one string whose order by UTF-8 bytes, in which MongoDB compares strings, is the order that stores promise.
 * The bytes of a column would not do as they are: MongoDB sorts binary values by their length first. Plain text can be read
 * in it. No key's string is the beginning of another of the same columns.
 */
export function sortText(columns: readonly Column[], values: readonly Value[]): string {
  let text = ''
  for (let at = 0; at < values.length; at++) text += encoded(columns[at] as Column, values[at] as Value)
  return text
}

export function sortTextOf(columns: readonly Column[], row: Row): string {
  let text = ''
  for (const column of columns) text += encoded(column, row[column.name])
  return text
}

function encoded(column: Column, value: Value): string {
  switch (column.type) {
    case 'text':
      return encodedText(value as string) + end
    case 'integer':
      return encodedInteger(value as number)
    case 'real':
      return encodedReal(value as number)
    case 'boolean':
      return value ? '1' : '0'
    case 'bytes':
      return Buffer.from(value as Uint8Array).toString('hex') + end
  }
}

/**
 * Each byte of its UTF-8 as the character of that number, so that not even a server that compares UTF-16 units sorts it
 * otherwise. What would collide with the end mark moves behind it.
 */
function encodedText(text: string): string {
  if (plain.test(text)) return text
  const bytes = Buffer.from(text).toString('latin1')
  return bytes.replaceAll(escaped, escaped + escaped).replaceAll(end, escaped + end)
}

const halfDigits = 7
const half = 2 ** 28

/** 14 hex digits, in two halves: moved above zero as a whole, a safe integer would be safe no more. */
function encodedInteger(value: number): string {
  const high = Math.floor(value / half)
  const low = value - high * half
  return digits(high + 2 ** 25) + digits(low)
}

const digits = (value: number): string => value.toString(16).padStart(halfDigits, '0')

/** IEEE 754 bits sort as numbers once the sign is flipped, and all bits of a negative number. */
function encodedReal(value: number): string {
  const bits = Buffer.alloc(8)
  bits.writeDoubleBE(value)
  const first = bits[0] as number
  if (value < 0) for (let at = 0; at < 8; at++) bits[at] = (bits[at] as number) ^ 0xff
  else bits[0] = first ^ 0x80
  return bits.toString('hex')
}
