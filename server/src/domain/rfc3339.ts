import { RegistryError } from './error.ts'

const grammar =
  /^([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,30}))?(?:Z|([+-])([0-9]{2}):([0-9]{2}))$/i

/** The years that four digits can say. */
const earliest = Date.parse('0000-01-01T00:00:00.000Z')
const latest = Date.parse('9999-12-31T23:59:59.999Z')

/**
 * @returns ms since 1970; finer fractions are dropped
 * @throws RegistryError `parameter-invalid`: another form, a day or time that there is not, or a leap second
 */
export function parseTimestamp(text: string, parameter = 'timestamp'): number {
  const match = grammar.exec(text)
  if (match === null) throw invalid(parameter, 'it is not of the form 2026-01-31T12:00:00Z (RFC 3339)')
  const [, date = '', time = '', fraction = '', sign, hours, minutes] = match
  if (time.endsWith(':60')) throw invalid(parameter, 'leap seconds are not supported: write :59')
  const local = `${date}T${time}.${fraction.slice(0, 3).padEnd(3, '0')}Z`
  const ms = Date.parse(local)
  // Date.parse takes 30 February for 2 March, and 24:00 for the next day.
  if (Number.isNaN(ms) || new Date(ms).toISOString() !== local) {
    throw invalid(parameter, 'there is no such day or time')
  }
  const utc = ms - offsetMs(sign, Number(hours ?? 0), Number(minutes ?? 0), parameter)
  if (utc < earliest || utc > latest) throw invalid(parameter, 'it is outside of the years 0000 to 9999')
  return utc
}

/**
 * In UTC, with milliseconds only where there are any.
 * @throws RangeError outside of the years 0000 to 9999
 */
export function formatTimestamp(ms: number): string {
  if (!(ms >= earliest && ms <= latest)) throw new RangeError(`no RFC 3339 timestamp can say ${ms} ms`)
  return new Date(ms).toISOString().replace('.000Z', 'Z')
}

function offsetMs(sign: string | undefined, hours: number, minutes: number, parameter: string): number {
  if (hours > 23 || minutes > 59) throw invalid(parameter, 'there is no such offset')
  return (sign === '-' ? -1 : 1) * (hours * 60 + minutes) * 60_000
}

function invalid(parameter: string, reason: string): RegistryError {
  return new RegistryError('parameter-invalid', { parameter, reason })
}
