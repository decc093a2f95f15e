import { compareText } from './compare-text.ts'

/** A version as tags write it that keep to no specification: `v1.10.0`, `1.25`, `2026.11`, `v2.0.0-rc.1`, `3.20-alpine`. */
interface LooseVersion {
  readonly numbers: readonly bigint[]
  /** What precedes the version, or is a variant of it: nothing tells one from the other. */
  readonly isRelease: boolean
  readonly suffix: string
}

const grammar = /^(v?)(\d+(?:\.\d+)*)((?:[-_+]|\.?[a-z]).*)?$/i
/** One number alone is a version as long as it counts something, or is a day: else it may be the beginning of a hash. */
const countOrDay = /^(?:\d{1,6}|(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{0,6})$/

/**
 * Which of two texts names the version that people should get who name none: one without a suffix, then the one with the
 * higher numbers. What is no version comes before all that are.
 * @returns below, at or above 0 as the first comes before, with or after the second
 */
export function compareLooseVersions(one: string, other: string): number {
  const [a, b] = [readLooseVersion(one), readLooseVersion(other)]
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined)
  return (
    Number(a.isRelease) - Number(b.isRelease) ||
    compareNumbers(a.numbers, b.numbers) ||
    compareSuffixes(a.suffix, b.suffix)
  )
}

function readLooseVersion(text: string): LooseVersion | undefined {
  const [, mark = '', numbers = '', suffix = ''] = grammar.exec(text) ?? []
  if (numbers === '') return undefined
  const isLone = mark === '' && !numbers.includes('.')
  if (isLone && !(countOrDay.test(numbers) && /^(?:[-_+]|$)/.test(suffix))) return undefined
  // Of build metadata, for whose `+` Helm writes `_`, a release is none the less one.
  const isRelease = suffix === '' || /^[_+]/.test(suffix)
  return { numbers: numbers.split('.').map(BigInt), isRelease, suffix }
}

/** The longer one is the more exact one: `1.25.3` may be what `1.25` was moved from. */
function compareNumbers(one: readonly bigint[], other: readonly bigint[]): number {
  for (const [at, number] of one.entries()) {
    const against = other[at]
    if (against === undefined) return 1
    if (number !== against) return number > against ? 1 : -1
  }
  return one.length - other.length
}

/** Numbers in it count as such: `rc.10` comes after `rc.9`. */
function compareSuffixes(one: string, other: string): number {
  const [these, those] = [partsOf(one), partsOf(other)]
  for (const [at, part] of these.entries()) {
    const against = those[at]
    if (against === undefined) return 1
    const isNumber = /^\d/.test(part) && /^\d/.test(against)
    const order = isNumber ? Number(BigInt(part) - BigInt(against)) : compareText(part, against)
    if (order !== 0) return order
  }
  return these.length - those.length
}

function partsOf(suffix: string): readonly string[] {
  return suffix.match(/\d+|\D+/g) ?? []
}
