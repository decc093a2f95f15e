import { matchesGlob } from './glob.ts'

/** What somebody's token, or an account elsewhere, says of them: JSON, of which nothing is taken for granted. */
export type Claims = Readonly<Record<string, unknown>>

/**
 * By the claim's name, what it has to be: one of these, in which `*` stands for any characters. A list has to have one of them.
 * What is in an object is named by its path, as in `kubernetes.io/namespace`.
 */
export type ClaimPatterns = Readonly<Record<string, readonly string[]>>

/** Why claims are not those that are wanted. */
export interface ClaimFailure {
  readonly claim: string
  readonly wanted: readonly string[]
  /** undefined: it is not there, or is nothing that could be compared. */
  readonly found: string | readonly string[] | undefined
}

const longestShown = 200

/** The first pattern that does not hold; undefined: all do. */
export function failedClaim(claims: Claims, patterns: ClaimPatterns): ClaimFailure | undefined {
  for (const [claim, wanted] of Object.entries(patterns)) {
    const found = textsOf(claimAt(claims, claim))
    const holds = found.some((text) => wanted.some((pattern) => matchesGlob(pattern, text)))
    if (!holds) return { claim, wanted, found: shownOf(found) }
  }
  return undefined
}

/** A claim of this very name, or what its path leads to. What objects have of themselves is no claim. */
export function claimAt(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name]
  let at: unknown = claims
  for (const step of name.split('/')) {
    if (typeof at !== 'object' || at === null || Array.isArray(at) || !Object.hasOwn(at, step))
      return undefined
    at = (at as Claims)[step]
  }
  return at
}

/** A text, number or truth value, or a list of them, as texts. */
export function textsOf(value: unknown): readonly string[] {
  const all: readonly unknown[] = Array.isArray(value) ? value : [value]
  return all.flatMap((one) =>
    typeof one === 'string' || typeof one === 'number' || typeof one === 'boolean' ? [String(one)] : [],
  )
}

export function describeClaimFailure({ claim, wanted, found }: ClaimFailure): string {
  const wants = `${claim} is to be ${wanted.map((one) => JSON.stringify(one)).join(' or ')}`
  return found === undefined ? `${wants}, and is missing` : `${wants}, and is ${JSON.stringify(found)}`
}

function shownOf(found: readonly string[]): ClaimFailure['found'] {
  const short = found.slice(0, 10).map((text) => text.slice(0, longestShown))
  return short.length === 0 ? undefined : short.length === 1 ? short[0] : short
}
