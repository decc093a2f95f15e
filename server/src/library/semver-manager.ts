import semver from 'semver'
import { ValidationError } from './errors.ts'

export type ReleaseType = 'major' | 'minor' | 'patch' | 'premajor' | 'preminor' | 'prepatch' | 'prerelease'

/** Longer ranges and texts are refused before they are looked at. */
const longest = 1_024

/**
 * Versions of Semantic Versioning 2.0.0. Build metadata says nothing of precedence (section 10): `1.0.0+a` and `1.0.0+b`
 * are equal to `compare`, and `sort` puts them in the order of their text, so that it is the same each time.
 */
export class SemverManager {
  /** True for a whole version, as it must be written: `v1.0.0` and `1.0` are none. */
  validate(version: string): boolean {
    return version.length <= longest && semver.parse(version)?.raw === version && !version.startsWith('v')
  }

  /** -1, 0 or 1: whether the first comes before, with or after the second. @throws ValidationError */
  compare(one: string, other: string): -1 | 0 | 1 {
    return semver.compare(this.#checked(one), this.#checked(other))
  }

  /**
   * Whether the version is within the range. A pre-release is only within a range that names one of the same release,
   * unless `includePrerelease` asks for all. @throws ValidationError
   */
  satisfies(version: string, range: string, options: { readonly includePrerelease?: boolean } = {}): boolean {
    const wanted = range.length > longest ? null : semver.validRange(range, options)
    if (wanted === null)
      throw new ValidationError(`${shown(range)} is no range of versions`, { field: 'range' })
    return semver.satisfies(this.#checked(version), wanted, options)
  }

  /** The next version of that sort; of pre-releases `identifier` is their word: `1.0.0-beta.0`. @throws ValidationError */
  increment(version: string, release: ReleaseType, identifier?: string): string {
    const checked = this.#checked(version)
    const next =
      identifier === undefined ? semver.inc(checked, release) : semver.inc(checked, release, identifier)
    if (next === null)
      throw new ValidationError(`${shown(version)} has no next ${release}`, { field: 'release' })
    return next
  }

  /** The highest: a release where there is one, else a pre-release. undefined: of none. @throws ValidationError */
  latest(versions: readonly string[]): string | undefined {
    const sorted = this.sort(versions, 'desc')
    return sorted.find((version) => semver.prerelease(version) === null) ?? sorted[0]
  }

  /** A sorted copy. @throws ValidationError */
  sort(versions: readonly string[], order: 'asc' | 'desc' = 'asc'): string[] {
    const checked = versions.map((version) => this.#checked(version))
    checked.sort((one, other) => semver.compareBuild(one, other) || (one < other ? -1 : Number(one > other)))
    return order === 'asc' ? checked : checked.reverse()
  }

  /** The version that a text like `v1.2` or `release 3` speaks of; undefined: of none. */
  coerce(text: string): string | undefined {
    return semver.coerce(text.slice(0, longest))?.version
  }

  /** The first part in which they differ; undefined: in none but build metadata. @throws ValidationError */
  diff(one: string, other: string): ReleaseType | undefined {
    return (semver.diff(this.#checked(one), this.#checked(other)) as ReleaseType | null) ?? undefined
  }

  #checked(version: string): string {
    if (this.validate(version)) return version
    throw new ValidationError(`${shown(version)} is no version of Semantic Versioning 2.0.0`, {
      field: 'version',
    })
  }
}

const shown = (text: string): string => JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}...` : text)
