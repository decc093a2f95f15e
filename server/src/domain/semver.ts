import { RegistryError } from './error.ts'

/** A version of Semantic Versioning 2.0.0. Numbers stay text: the specification bounds none of them. */
export interface Semver {
  readonly major: string
  readonly minor: string
  readonly patch: string
  /** Without dots. Empty for a release. */
  readonly prerelease: readonly string[]
  /** Says nothing of precedence. */
  readonly build: readonly string[]
}

export const maxSemver = 256

const core = /^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)$/
const numeric = /^[0-9]+$/
const identifier = /^[0-9A-Za-z-]+$/

/** @throws RegistryError `parameter-invalid` */
export function parseSemver(text: string): Semver {
  const version = readSemver(text)
  if (version === undefined) {
    throw new RegistryError('parameter-invalid', {
      parameter: 'version',
      reason: 'it is not of the form major.minor.patch of Semantic Versioning 2.0.0',
    })
  }
  return version
}

export function isSemver(text: string): boolean {
  return readSemver(text) !== undefined
}

export function isNumericIdentifier(text: string): boolean {
  return numeric.test(text)
}

function readSemver(text: string): Semver | undefined {
  if (text.length > maxSemver) return undefined
  const [beforeBuild, build] = cut(text, '+')
  const [numbers, prerelease] = cut(beforeBuild, '-')
  const match = core.exec(numbers)
  const early = prerelease?.split('.') ?? []
  const late = build?.split('.') ?? []
  if (match === null || !early.every(isPrerelease) || !late.every((part) => identifier.test(part))) {
    return undefined
  }
  const [, major = '', minor = '', patch = ''] = match
  return { major, minor, patch, prerelease: early, build: late }
}

/** Section 9: a number has no leading zero. */
function isPrerelease(part: string): boolean {
  return identifier.test(part) && !(part.length > 1 && part.startsWith('0') && numeric.test(part))
}

function cut(text: string, at: string): [string, string | undefined] {
  const index = text.indexOf(at)
  return index === -1 ? [text, undefined] : [text.slice(0, index), text.slice(index + 1)]
}
