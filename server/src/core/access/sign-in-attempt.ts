import { createHmac, timingSafeEqual } from 'node:crypto'
import { randomCharacters } from '../../domain/checked-secret.ts'
import type { SignInAttempt } from '../../ports/identity/identity-provider.ts'

/** Nobody guesses it: 256 bits and more. */
const seedLength = 43
const form = /^(?<seed>[0-9A-Za-z]{43})\.(?<said>[\w-]{1,1400})$/
/** For so long somebody may be at the provider, ms. */
export const attemptLifetime = 600_000
const longestNext = 500

/** What one attempt to sign in elsewhere is about. */
export interface AttemptAbout {
  readonly provider: string
  /** Where to go on afterwards: a path of this registry. */
  readonly next: string
  /** Whose account the identity is to be linked with; undefined: nobody is logged in. */
  readonly user?: string
  /** ms since 1970. */
  readonly expiresAt: number
}

/**
 * The browser keeps a random seed, and all that the provider is told comes from it by HMAC-SHA-256: nothing is written before
 * somebody comes back, any process can go on, and what the attempt is about is what its state says.
 */
export interface BegunAttempt {
  /** For a cookie of this browser. */
  readonly kept: string
  readonly secrets: Omit<SignInAttempt, 'redirectUri'>
}

export function beginAttempt(about: AttemptAbout, random: (length: number) => Uint8Array): BegunAttempt {
  const short = about.next.length > longestNext ? { ...about, next: '/' } : about
  const seed = randomCharacters(seedLength, random)
  const said = Buffer.from(JSON.stringify(short)).toString('base64url')
  return { kept: `${seed}.${said}`, secrets: secretsOf(seed, said) }
}

/** undefined: it is none, it is over, or the state is another one's. */
export function resumeAttempt(
  kept: string,
  state: string,
  now: number,
): { readonly about: AttemptAbout; readonly secrets: BegunAttempt['secrets'] } | undefined {
  const { seed, said } = form.exec(kept)?.groups ?? {}
  if (seed === undefined || said === undefined) return undefined
  const secrets = secretsOf(seed, said)
  if (!isSame(secrets.state, state)) return undefined
  // The state is of it: so it is as it was written here.
  const about = JSON.parse(Buffer.from(said, 'base64url').toString('utf8')) as AttemptAbout
  return about.expiresAt > now ? { about, secrets } : undefined
}

function secretsOf(seed: string, said: string): BegunAttempt['secrets'] {
  const derived = (use: string, text = ''): string =>
    createHmac('sha256', seed).update(`${use} ${text}`).digest('base64url')
  return { state: derived('state', said), nonce: derived('nonce'), verifier: derived('verifier') }
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}
