import semver from 'semver'
import { parseSemver } from '../domain/semver.ts'
import { semverKey } from '../domain/semver-key.ts'
import { ValidationError } from './errors.ts'
import { entriesOf, flagIn, membersOf, oneOf } from './read/given.ts'

/** What of a version is raised; `pre…` leads to the first pre-release of what follows. */
export type ReleaseType = (typeof releaseTypes)[number]

export const releaseTypes = [
  'major',
  'minor',
  'patch',
  'premajor',
  'preminor',
  'prepatch',
  'prerelease',
] as const

export interface RangeOptions {
  /** Pre-releases are within a range as any other version is. */
  readonly includePrerelease?: boolean
}

export interface LatestOptions extends RangeOptions {
  /** Only versions within it count. */
  readonly range?: string
}

export interface CoerceOptions {
  /** What stands behind the three numbers as a pre-release stays there. */
  readonly includePrerelease?: boolean
}

/** Characters. The longest version that npm's rules know, and what a range and any other text may have. */
const longestVersion = 256
const longestText = 1_024
/** Of one list to be sorted. */
const mostVersions = 10_000_000

/**
 * Versions of Semantic Versioning 2.0.0, with ranges as npm writes them. Build metadata says nothing of precedence (section
 * 10): `1.0.0+a` and `1.0.0+b` are equal to `compare`, and `sort` gives them an order of their own, so that a list is the
 * same each time. What is no version is refused: `v1.0.0`, `1.0` and ` 1.0.0` are none, `coerce` reads them.
 */
export class SemverManager {
  /** True for a whole version as it must be written, with at most 256 characters and no number above 2^53 - 1. */
  validate(version: string): boolean {
    if (typeof version !== 'string' || version.length > longestVersion) return false
    const parsed = semver.parse(version)
    if (parsed === null) return false
    const build = parsed.build.length === 0 ? '' : `+${parsed.build.join('.')}`
    // The package also reads blanks around a version and a `v` before it.
    return `${parsed.version}${build}` === version
  }

  /**
   * -1, 0 or 1: whether the first comes before, with or after the second (section 11). Exact for numbers of any length in
   * pre-releases. @throws ValidationError
   */
  compare(one: string, other: string): -1 | 0 | 1 {
    return signOf(Buffer.compare(this.#keyOf(one), this.#keyOf(other)))
  }

  /**
   * Whether the version is within the range. A pre-release is within a range only where that names a pre-release of the same
   * three numbers, unless `includePrerelease` asks for all. @throws ValidationError
   */
  satisfies(version: string, range: string, options: RangeOptions = {}): boolean {
    const checked = this.#checked(version)
    const { includePrerelease } = readRangeOptions(options)
    return semver.satisfies(checked, checkedRange(range, { includePrerelease }), { includePrerelease })
  }

  /**
   * The next version of that sort, without build metadata. `identifier` is the word of a pre-release: `beta` makes
   * `1.0.0-beta.0`. Where another word stood there it is replaced, also by one that sorts before it. @throws ValidationError
   */
  increment(version: string, release: ReleaseType, identifier?: string): string {
    const checked = this.#checked(version)
    if (!releaseTypes.includes(release)) throw invalid(release, 'is no sort of release', 'release')
    if (identifier !== undefined && !isPrereleaseWord(identifier))
      throw invalid(identifier, 'cannot stand in a pre-release', 'identifier')
    const next =
      identifier === undefined ? semver.inc(checked, release) : semver.inc(checked, release, identifier)
    // Beyond 2^53 - 1 the package counts on, to what it would not read again.
    if (next !== null && this.validate(next)) return next
    throw invalid(version, `has no next ${release}`, 'release')
  }

  /**
   * The highest version. Of all of them: a release where there is one, else a pre-release. Of those within `range`: as
   * `satisfies` says, so that pre-releases count only where the range names one. undefined: there is none.
   * @throws ValidationError
   */
  latest(versions: readonly string[], options: LatestOptions = {}): string | undefined {
    const { range, includePrerelease } = readRangeOptions(options)
    const sorted = this.sort(versions, 'desc')
    if (range === undefined) {
      const release = sorted.find((version) => semver.prerelease(version) === null)
      return includePrerelease ? sorted[0] : (release ?? sorted[0])
    }
    const wanted = checkedRange(range, { includePrerelease })
    return sorted.find((version) => semver.satisfies(version, wanted, { includePrerelease }))
  }

  /** A sorted copy; versions that differ in build metadata alone by that, and then by their text. @throws ValidationError */
  sort(versions: readonly string[], order: 'asc' | 'desc' = 'asc'): string[] {
    const wanted = oneOf(order, 'order', ['asc', 'desc'])
    const given = entriesOf(versions, 'versions', mostVersions, 'versions of one list') as readonly string[]
    const keyed = given.map((version, at) => ({ version, key: this.#keyOf(version, `versions/${at}`) }))
    keyed.sort(
      (one, other) =>
        Buffer.compare(one.key, other.key) ||
        semver.compareBuild(one.version, other.version) ||
        (one.version < other.version ? -1 : Number(one.version > other.version)),
    )
    const sorted = keyed.map(({ version }) => version)
    return wanted === 'asc' ? sorted : sorted.reverse()
  }

  /**
   * The version that a text like `v1.2` or `release 3` speaks of: `1.2.0`, `3.0.0`. undefined: of none, or the text has more
   * than 1,024 characters. Never throws.
   */
  coerce(text: string, options: CoerceOptions = {}): string | undefined {
    if (typeof text !== 'string' || text.length > longestText) return undefined
    return semver.coerce(text, { includePrerelease: asksForPrerelease(options) })?.version
  }

  /**
   * What kind of step lies between two versions, whichever is the higher one; undefined where they differ in nothing but
   * build metadata. @throws ValidationError
   */
  diff(one: string, other: string): ReleaseType | undefined {
    const step = semver.diff(this.#checked(one), this.#checked(other)) as ReleaseType | null
    if (step !== null) return step
    // Numbers of pre-releases that the package cannot tell apart.
    return this.compare(one, other) === 0 ? undefined : 'prerelease'
  }

  #keyOf(version: string, field?: string): Uint8Array {
    return semverKey(parseSemver(this.#checked(version, field)))
  }

  #checked(version: string, field = 'version'): string {
    if (this.validate(version)) return version
    throw invalid(version, 'is no version of Semantic Versioning 2.0.0', field)
  }
}

/** @throws ValidationError. What `range` may be is looked at where it is used. */
function readRangeOptions(options: unknown): {
  readonly range: string | undefined
  readonly includePrerelease: boolean
} {
  const { range, includePrerelease } = membersOf(options, { field: '', as: 'options' }, [
    'range',
    'includePrerelease',
  ])
  return {
    range: range as string | undefined,
    includePrerelease: includePrerelease !== undefined && flagIn(includePrerelease, 'includePrerelease'),
  }
}

/** Never throws: what cannot be read asks for nothing. */
function asksForPrerelease(options: unknown): boolean {
  try {
    return readRangeOptions(options).includePrerelease
  } catch {
    return false
  }
}

function checkedRange(range: string, options: RangeOptions): string {
  const isRange =
    typeof range === 'string' && range.length <= longestText && semver.validRange(range, options) !== null
  if (isRange) return range
  throw invalid(range, 'is no range of versions', 'range')
}

/** Empty: none, as the package has it. */
function isPrereleaseWord(identifier: string): boolean {
  if (typeof identifier !== 'string' || identifier.length > longestVersion) return false
  return identifier === '' || semver.inc('0.0.0', 'prerelease', identifier) !== null
}

function signOf(order: number): -1 | 0 | 1 {
  return order < 0 ? -1 : order > 0 ? 1 : 0
}

function invalid(given: unknown, why: string, field: string): ValidationError {
  return new ValidationError(`${shown(given)} ${why}`, { field })
}

/** Programs without types give anything. */
function shown(given: unknown): string {
  if (typeof given !== 'string') return `what is no text but ${given === null ? 'null' : typeof given}`
  return JSON.stringify(given.length > 80 ? `${given.slice(0, 77)}...` : given)
}
