import Range from 'semver/classes/range.js'
import validRange from 'semver/ranges/valid.js'
import type { ArtifactVersion } from '../../domain/artifact.ts'
import { maxSemverRange } from '../../domain/semver-range.ts'

/**
 * The one that a range stands for: the highest that is published, not yanked and within it. Pre-releases are within a range
 * as npm has it: where it names one of the same three numbers. The empty range takes any version, and a pre-release only
 * where there is no release. undefined: there is none, or what should be a range is no range and no version either.
 * @param versions the highest first
 */
export function versionWithin(
  versions: readonly ArtifactVersion[],
  range: string,
): ArtifactVersion | undefined {
  const usable = versions.filter(({ state, yanked }) => state === 'published' && yanked === undefined)
  if (range === '') return usable.find(({ version }) => isRelease(version)) ?? usable[0]
  // Numbers may be longer than ranges know, and what has no versions is named by its digest.
  const exact = usable.find(({ version }) => version === range)
  if (exact !== undefined) return exact
  const wanted = rangeOf(range)
  return wanted && usable.find(({ version }) => wanted.test(version))
}

function isRelease(version: string): boolean {
  return !version.split('+', 1)[0]?.includes('-')
}

function rangeOf(text: string): Range | undefined {
  return text.length > maxSemverRange || validRange(text) === null ? undefined : new Range(text)
}
