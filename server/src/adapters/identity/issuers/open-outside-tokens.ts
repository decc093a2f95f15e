import type { createRemoteJWKSet } from 'jose'
import type { Claims } from '../../../domain/claims.ts'
import { isLoopbackUrl } from '../../../domain/loopback-url.ts'
import type {
  ExpectedOutsideToken,
  OutsideTokenAnswer,
  OutsideTokens,
} from '../../../ports/identity/outside-tokens.ts'
import type { Outgoing } from '../../../ports/outgoing/outgoing.ts'
import { fetchThrough } from '../shared/fetch-through.ts'

/** With a private and a public key: whoever knows what checks a token cannot make one. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']
/** By which the clocks of two machines may differ, in s. */
const clockTolerance = 10
const required = ['iss', 'aud', 'sub', 'exp']
/** Longer ones are none. */
const longestToken = 16_384
/** What an issuer says of itself is asked for again so long after it was heard, ms. */
const heardFor = 3_600_000

type Jose = typeof import('jose')
type KeySet = ReturnType<typeof createRemoteJWKSet>

let loaded: Promise<Jose> | undefined
const jose = (): Promise<Jose> => (loaded ??= import('jose'))

/** Keys are kept as jose does: for ten minutes, and asked for anew where a token names another one, twice a minute at most. */
export function openOutsideTokens(outgoing: Outgoing): OutsideTokens {
  const known = new Map<string, { readonly at: number; readonly keys: Promise<KeySet> }>()
  const keysOf = async (issuer: string): Promise<KeySet> => {
    const before = known.get(issuer)
    if (before !== undefined && performance.now() - before.at < heardFor) return await before.keys
    const keys = keySet(outgoing, issuer)
    known.set(issuer, { at: performance.now(), keys })
    keys.catch(() => known.delete(issuer))
    return await keys
  }
  return {
    read: readClaims,
    verify: async (token, expected) => {
      if (readClaims(token) === undefined) return { ok: false, why: 'it is no JSON Web Token' }
      let keys: KeySet
      try {
        keys = await keysOf(expected.issuer)
      } catch (error) {
        return {
          ok: false,
          why: `${expected.issuer} cannot be asked for its keys (${textOf(error)})`,
          unavailable: true,
        }
      }
      return await verifyBy(keys, token, expected)
    },
  }
}

async function verifyBy(
  keys: KeySet,
  token: string,
  { issuer, audience, now }: ExpectedOutsideToken,
): Promise<OutsideTokenAnswer> {
  const { errors, jwtVerify } = await jose()
  try {
    const { payload } = await jwtVerify(token, keys, {
      ...{ algorithms, issuer, audience, clockTolerance },
      requiredClaims: required,
      currentDate: new Date(now),
    })
    return { ok: true, claims: payload }
  } catch (error) {
    const isRefused =
      error instanceof errors.JOSEError &&
      !(error instanceof errors.JWKSTimeout) &&
      // Keys that did not come, or are no keys.
      error.code !== 'ERR_JOSE_GENERIC'
    return { ok: false, why: textOf(error), ...(!isRefused && { unavailable: true }) }
  }
}

/** OpenID Connect Discovery 1.0, section 4: whoever answers has to say that they are the issuer. */
async function keySet(outgoing: Outgoing, issuer: string): Promise<KeySet> {
  const { createRemoteJWKSet: create, customFetch } = await jose()
  const answer = await outgoing.fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {
    headers: { Accept: 'application/json' },
    redirect: 'error',
  })
  if (!answer.ok) throw new Error(`it answers ${answer.status}`)
  const said: unknown = await answer.json()
  const [named, address] = ['issuer', 'jwks_uri'].map((name) => memberOf(said, name))
  if (named !== issuer) throw new Error('it calls itself another issuer')
  if (typeof address !== 'string' || !URL.canParse(address))
    throw new Error('it does not say where its keys are')
  if (!address.startsWith('https:') && !isLoopbackUrl(address))
    throw new Error('its keys are not to be had over TLS')
  return create(new URL(address), { [customFetch]: fetchThrough(outgoing) })
}

function readClaims(token: string): Claims | undefined {
  if (token.length > longestToken) return undefined
  const [, body = '', signature, more] = token.split('.', 4)
  if (signature === undefined || more !== undefined) return undefined
  try {
    const parsed: unknown = JSON.parse(Buffer.from(body, 'base64url').toString('utf8'))
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
      ? (parsed as Claims)
      : undefined
  } catch {
    return undefined
  }
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Claims)[name]
    : undefined
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
