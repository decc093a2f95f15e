import { formatByteSize, parseByteSize } from '../domain/byte-size.ts'
import { formatDuration, parseDuration } from '../domain/duration.ts'
import { type SettingType, shown } from './setting-type.ts'

export interface Bounds {
  readonly min: number
  readonly max: number
}

/** Bytes: a number, or a text with a unit. */
export function byteSize({ min, max }: Bounds): SettingType<number> {
  const wanted = `a size from ${writeByteSize(min)} to ${writeByteSize(max)}, such as ${formatByteSize(exampleWithin(min, max))}`
  return measured({ wanted, min, max, parse: parseByteSize, write: writeByteSize })
}

/** Short where that is exact. */
function writeByteSize(bytes: number): string | number {
  const short = formatByteSize(bytes)
  return bytes > 0 && parseByteSize(short) === bytes ? short : bytes
}

/** Milliseconds, always written with a unit: a bare number would be taken for seconds by half of its readers. */
export function duration({ min, max }: Bounds): SettingType<number> {
  const wanted = `a time with its unit from ${formatDuration(min)} to ${formatDuration(max)}, such as 30s, 15m or 24h`
  const parse = (text: string): number => (/^\d+$/.test(text) ? Number.NaN : parseDuration(text))
  return measured({ wanted, min, max, parse, write: formatDuration })
}

export function count({ min, max }: Bounds): SettingType<number> {
  const wanted = `a whole number from ${min} to ${max}`
  const parse = (text: string): number => (/^\d{1,15}$/.test(text) ? Number(text) : Number.NaN)
  return measured({ wanted, min, max, parse, write: (value) => value })
}

export function choice<const T extends string>(values: readonly T[]): SettingType<T> {
  const wanted = `one of ${values.join(', ')}`
  return {
    wanted,
    choices: values,
    read(raw, { complain }) {
      return values.find((value) => value === raw) ?? complain(`wants ${wanted}, not ${shown(raw)}`)
    },
    write: (value) => value,
  }
}

export const yesOrNo: SettingType<boolean> = {
  wanted: 'true or false',
  choices: ['true', 'false'],
  read(raw, { complain }) {
    if (raw === true || raw === 'true') return true
    if (raw === false || raw === 'false') return false
    return complain(`wants true or false, not ${shown(raw)}`)
  },
  write: (value) => value,
}

interface Measure extends Bounds {
  readonly wanted: string
  /** NaN or an error: not such a text. */
  parse(text: string): number
  write(value: number): unknown
}

function measured({ wanted, min, max, parse, write }: Measure): SettingType<number> {
  return {
    wanted,
    read(raw, { complain }) {
      const value = parsed(raw, parse)
      if (!Number.isSafeInteger(value)) return complain(`wants ${wanted}, not ${shown(raw)}`)
      if (value < min) return complain(`is ${shown(raw)}, under the least of ${write(min)}`)
      if (value > max) return complain(`is ${shown(raw)}, over the most of ${write(max)}`)
      return value
    },
    write,
  }
}

function parsed(raw: unknown, parse: (text: string) => number): number {
  if (typeof raw !== 'string' && typeof raw !== 'number') return Number.NaN
  try {
    return parse(String(raw).trim())
  } catch {
    // What the parser has to say is less than the wanted form with its bounds, which the complaint gives.
    return Number.NaN
  }
}

function exampleWithin(min: number, max: number): number {
  const mebibyte = 1024 * 1024
  if (min > 64 * mebibyte || max < mebibyte) return max
  return Math.min(max, Math.max(min, 16 * mebibyte))
}
