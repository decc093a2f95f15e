import { RegistryError } from './error.ts'
import { isSemver } from './semver.ts'

/** As npm and its kin write them: `^1.2`, `>=1 <2 || 3.x`, `1.0 - 2.0`. One blank between parts, none after an operator. */
export type SemverRange = string & { readonly brand: 'SemverRange' }

export const maxSemverRange = 256

const number = '(?:0|[1-9][0-9]*|[xX*])'
const partial = new RegExp(`^${number}(?:\\.${number}(?:\\.${number})?)?$`)
const operator = /^(?:\^|~>?|>=?|<=?|=)/

/** @throws RegistryError `parameter-invalid` */
export function parseSemverRange(text: string): SemverRange {
  const range = readRange(text)
  if (range === undefined) {
    throw new RegistryError('parameter-invalid', {
      parameter: 'range',
      reason: 'it is not a range of versions',
    })
  }
  return range
}

export function isSemverRange(text: string): boolean {
  return readRange(text) !== undefined
}

function readRange(text: string): SemverRange | undefined {
  if (text.length > maxSemverRange) return undefined
  const alternatives = text.split('||').map(readAlternative)
  return alternatives.includes(undefined) ? undefined : (alternatives.join(' || ') as SemverRange)
}

function readAlternative(text: string): string | undefined {
  const parts = joinOperators(text.split(/[ \t]/).filter((part) => part !== ''))
  if (parts.length === 3 && parts[1] === '-') {
    return isVersion(parts[0] ?? '') && isVersion(parts[2] ?? '') ? parts.join(' ') : undefined
  }
  return parts.length > 0 && parts.every(isComparator) ? parts.join(' ') : undefined
}

/** `>= 1` is `>=1`. */
function joinOperators(parts: readonly string[]): string[] {
  const joined: string[] = []
  for (const part of parts) {
    const before = joined.at(-1)
    if (before !== undefined && before.replace(operator, '') === '') joined[joined.length - 1] = before + part
    else joined.push(part)
  }
  return joined
}

function isComparator(part: string): boolean {
  return isVersion(part.replace(operator, ''))
}

function isVersion(part: string): boolean {
  return partial.test(part) || isSemver(part)
}
