import { createPrivateKey, createPublicKey, type KeyObject, sign as signBytes } from 'node:crypto'
import {
  type ExpectedToken,
  longestToken,
  type SigningKey,
  type TokenClaims,
  type TokenSigner,
} from '../../../ports/identity/token-signer.ts'

const alg = 'EdDSA'
const typ = 'JWT'
/** By which the clocks of two machines may differ, in s. */
const clockTolerance = 5
const required = ['iss', 'aud', 'sub', 'iat', 'nbf', 'exp', 'jti']
/** RFC 8410: what comes before the seed of an Ed25519 key in PKCS #8. */
const pkcs8Head = Buffer.from('302e020100300506032b657004220420', 'hex')

/** Tokens that jose verifies. Its code is read when the first key or token is looked at. */
export function openJoseSigner(): TokenSigner {
  return { keyOf, sign, verify, keyIdOf }
}

type Jose = typeof import('jose')
type ImportedKey = Exclude<Awaited<ReturnType<Jose['importJWK']>>, Uint8Array>

let loaded: Promise<Jose> | undefined
const jose = (): Promise<Jose> => (loaded ??= import('jose'))

interface PreparedKey {
  /** What each token by it begins with. */
  readonly head: string
  readonly secret: KeyObject
}

/** Of the keys that somebody still has. */
const preparedKeys = new WeakMap<SigningKey, PreparedKey>()

async function keyOf(seed: Uint8Array): Promise<SigningKey> {
  const { calculateJwkThumbprint } = await jose()
  const { x: publicKey = '' } = publicJwkOf(seed)
  return { id: await calculateJwkThumbprint(jwkOf(publicKey)), publicKey, seed }
}

/**
 * RFC 7515, section 3.1, by Ed25519 (RFC 8037). At once: to have another thread do it takes this one as long, and there it
 * would wait behind the hashes of passwords.
 */
async function sign(key: SigningKey, claims: TokenClaims): Promise<string> {
  let prepared = preparedKeys.get(key)
  if (prepared === undefined) {
    prepared = { head: encoded({ alg, typ, kid: key.id }), secret: secretOf(key.seed) }
    preparedKeys.set(key, prepared)
  }
  const signed = `${prepared.head}.${encoded(claims)}`
  return `${signed}.${signBytes(null, Buffer.from(signed), prepared.secret).toString('base64url')}`
}

const encoded = (json: object): string => Buffer.from(JSON.stringify(json)).toString('base64url')

async function verify(
  token: string,
  { keys, issuer, audience, now }: ExpectedToken,
): Promise<TokenClaims | undefined> {
  const key = keys.find(({ id }) => id === keyIdOf(token))
  if (key === undefined) return undefined
  const { jwtVerify } = await jose()
  try {
    const { payload } = await jwtVerify(token, await importKey(jwkOf(key.publicKey)), {
      algorithms: [alg],
      typ,
      issuer,
      audience,
      requiredClaims: required,
      clockTolerance,
      currentDate: new Date(now),
    })
    return isWhole(payload) ? payload : undefined
  } catch {
    // It is somebody else's text: why it is none says nothing that could be acted upon.
    return undefined
  }
}

function keyIdOf(token: string): string | undefined {
  if (token.length > longestToken) return undefined
  const [head = '', , , more] = token.split('.', 4)
  if (head === '' || more !== undefined) return undefined
  try {
    const parsed: unknown = JSON.parse(Buffer.from(head, 'base64url').toString('utf8'))
    const kid: unknown =
      typeof parsed === 'object' && parsed !== null && 'kid' in parsed ? parsed.kid : undefined
    return typeof kid === 'string' ? kid : undefined
  } catch {
    return undefined
  }
}

/** `iat` in the past is jose's to see to; one audience alone is ours. */
function isWhole(payload: object): payload is TokenClaims {
  const { iss, aud, sub, jti } = payload as Record<string, unknown>
  return [iss, aud, sub, jti].every((claim) => typeof claim === 'string')
}

const jwkOf = (x: string): { kty: 'OKP'; crv: 'Ed25519'; x: string } => ({ kty: 'OKP', crv: 'Ed25519', x })

function secretOf(seed: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([pkcs8Head, seed]), format: 'der', type: 'pkcs8' })
}

function publicJwkOf(seed: Uint8Array): { readonly x?: string } {
  const { x } = createPublicKey(secretOf(seed)).export({ format: 'jwk' })
  return x === undefined ? {} : { x }
}

async function importKey(jwk: { kty: 'OKP'; crv: 'Ed25519'; x: string }): Promise<ImportedKey> {
  const { importJWK } = await jose()
  const key = await importJWK(jwk, alg)
  if (key instanceof Uint8Array) throw new TypeError('a key of Ed25519 is not one of bytes')
  return key
}
