import { CheckedSecret, randomCharacters } from './checked-secret.ts'

/**
 * What new access tokens are had for. The first half names its family and stays the same for as long as that lives, the other
 * half is another one each time: who comes with a known first half and another second one has a token that was used before.
 */
export const refreshTokenPrefix = 'lading_refresh_'

/** 131 bits. */
const half = 22
const form = new CheckedSecret(refreshTokenPrefix, 2 * half)

type RandomBytes = (length: number) => Uint8Array

/** The first of a family. @param random gives so many random bytes */
export function newRefreshToken(random: RandomBytes): string {
  return form.make(random)
}

/** The one that takes the place of `token`. */
export function nextRefreshToken(token: string, random: RandomBytes): string {
  return form.seal(familyPartOf(token) + randomCharacters(half, random))
}

export function isRefreshToken(text: string): boolean {
  return form.is(text)
}

/** The half that names its family: a secret too. */
export function familyPartOf(token: string): string {
  return form.charactersOf(token).slice(0, half)
}
