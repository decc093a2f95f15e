import { RegistryError } from './error.ts'

/** From the longest down: so they are written, and each at most once. */
const units: readonly (readonly [name: string, ms: number])[] = [
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
]

const grammar =
  /^(?:([0-9]{1,15})w)?(?:([0-9]{1,15})d)?(?:([0-9]{1,15})h)?(?:([0-9]{1,15})m)?(?:([0-9]{1,15})s)?(?:([0-9]{1,15})ms)?$/

/**
 * `30d`, `1h30m`, `500ms`: whole numbers with their units, the longest first.
 * @returns milliseconds, a safe integer
 * @throws RegistryError `parameter-invalid`
 */
export function parseDuration(text: string, parameter = 'duration'): number {
  const match = text === '' ? null : grammar.exec(text)
  if (match === null) {
    throw invalid(parameter, 'it is not a duration such as 30d, 1h30m or 500ms, the longest unit first')
  }
  const ms = units.reduce((sum, [, factor], at) => sum + Number(match[at + 1] ?? 0) * factor, 0)
  if (!Number.isSafeInteger(ms)) throw invalid(parameter, 'it is more than can be counted')
  return ms
}

/** Exact: parses to the same. @param ms a safe integer, not negative */
export function formatDuration(ms: number): string {
  let rest = ms
  let text = ''
  for (const [unit, factor] of units) {
    const count = Math.floor(rest / factor)
    rest -= count * factor
    if (count > 0) text += `${count}${unit}`
  }
  return text === '' ? '0s' : text
}

function invalid(parameter: string, reason: string): RegistryError {
  return new RegistryError('parameter-invalid', { parameter, reason })
}
