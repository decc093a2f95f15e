import { isSemver, parseSemver } from '../../domain/semver.ts'
import { semverKey } from '../../domain/semver-key.ts'

/**
 * Which of two versions people should get who name none: a release before what precedes one, then the higher one.
 * What is no semantic version comes before every one that is.
 * @returns below, at or above 0 as the first comes before, with or after the second
 */
export function compareRanks(one: string, other: string): number {
  const [a, b] = [rankOf(one), rankOf(other)]
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined)
  if (a.isRelease !== b.isRelease) return a.isRelease ? 1 : -1
  return Buffer.compare(a.key, b.key)
}

function rankOf(version: string): { readonly isRelease: boolean; readonly key: Uint8Array } | undefined {
  if (!isSemver(version)) return undefined
  const parsed = parseSemver(version)
  return { isRelease: parsed.prerelease.length === 0, key: semverKey(parsed) }
}
