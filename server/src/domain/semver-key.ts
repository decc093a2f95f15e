import { isNumericIdentifier, type Semver } from './semver.ts'

/** In the order in which they must sort where two versions differ. */
const endOfPrerelease = 1
const numberPart = 2
const textPart = 3
const release = 255

const encoder = new TextEncoder()

/**
 * Bytes that sort as the versions do by precedence (Semantic Versioning section 11). Versions that differ in build
 * metadata alone have the same key. A number is its length and its digits, so that 10 comes after 9.
 */
export function semverKey(version: Semver): Uint8Array {
  const key: number[] = []
  for (const number of [version.major, version.minor, version.patch]) pushNumber(key, number)
  if (version.prerelease.length === 0) {
    key.push(release)
    return Uint8Array.from(key)
  }
  for (const part of version.prerelease) {
    if (isNumericIdentifier(part)) {
      key.push(numberPart)
      pushNumber(key, part)
    } else key.push(textPart, ...encoder.encode(part), 0)
  }
  key.push(endOfPrerelease)
  return Uint8Array.from(key)
}

/** One byte holds the length, since a whole version has at most 256 characters. */
function pushNumber(key: number[], digits: string): void {
  key.push(digits.length, ...encoder.encode(digits))
}
