import assert from 'node:assert/strict'
import { createHmac, createPublicKey, verify as verifySignature } from 'node:crypto'
import { describe, test } from 'node:test'
import { openJoseSigner } from '../../../../src/adapters/identity/jose/open-jose-signer.ts'
import type { ExpectedToken, TokenClaims, TokenSigner } from '../../../../src/ports/identity/token-signer.ts'
import { tokenSignerContract } from '../../../../src/ports/identity/token-signer-suite.ts'

describe('tokens by jose', () => {
  for (const { name, run } of tokenSignerContract(openJoseSigner)) test(name, run)
})

/** What a verifier leaves out. */
interface Weakness {
  readonly none?: true
  readonly hmac?: true
  readonly anyAlgorithm?: true
  readonly ownKey?: true
  readonly anyKey?: true
  readonly unsigned?: true
  readonly crit?: true
  readonly audience?: true
  readonly issuer?: true
  readonly time?: true
  readonly claims?: true
  readonly length?: true
}

/** A verifier by hand: whole, it keeps the contract. */
function weakened(weak: Weakness): TokenSigner {
  const jose = openJoseSigner()
  return {
    ...jose,
    keyIdOf: (token) => (weak.length ? kidOf(token) : jose.keyIdOf(token)),
    verify: async (token, expected) => {
      const [head, payload, , more] = token.split('.')
      if (head === undefined || payload === undefined || more !== undefined) return undefined
      if (!weak.length && jose.keyIdOf(token) === undefined) return undefined
      try {
        const parsed = partsOf(token)
        return isSigned(token, parsed.head, expected, weak) && isExpected(parsed.claims, expected, weak)
          ? parsed.claims
          : undefined
      } catch {
        return undefined
      }
    },
  }
}

interface Head {
  readonly alg?: string
  readonly typ?: string
  readonly kid?: string
  readonly crit?: unknown
  readonly jwk?: { readonly x: string }
}

function isSigned(token: string, head: Head, { keys }: ExpectedToken, weak: Weakness): boolean {
  const [, , signature = ''] = token.split('.')
  if (head.typ !== 'JWT' || (head.crit !== undefined && !weak.crit)) return false
  const key = keys.find(({ id }) => id === head.kid)
  if (key === undefined && !weak.anyKey) return false
  if (weak.unsigned) return true
  if (weak.none && head.alg?.toLowerCase() === 'none') return true
  const signed = Buffer.from(token.slice(0, token.lastIndexOf('.')))
  if (weak.hmac && head.alg === 'HS256' && key !== undefined) {
    const raw = Buffer.from(key.publicKey, 'base64url')
    if (createHmac('sha256', raw).update(signed).digest('base64url') === signature) return true
  }
  if (head.alg !== 'EdDSA' && !weak.anyAlgorithm) return false
  const tried = weak.anyKey ? keys : key === undefined ? [] : [key]
  const candidates = tried.map(({ publicKey }) => publicKey)
  if (weak.ownKey && head.jwk !== undefined) candidates.push(head.jwk.x)
  return candidates.some((x) =>
    verifySignature(
      null,
      signed,
      createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }),
      Buffer.from(signature, 'base64url'),
    ),
  )
}

function isExpected(claims: TokenClaims, { issuer, audience, now }: ExpectedToken, weak: Weakness): boolean {
  const names = ['iss', 'aud', 'sub', 'iat', 'nbf', 'exp', 'jti'] as const
  if (!weak.claims && names.some((name) => claims[name] === undefined)) return false
  if (!weak.issuer && claims.iss !== undefined && claims.iss !== issuer) return false
  if (!weak.audience && claims.aud !== undefined && claims.aud !== audience) return false
  return weak.time === true || !(claims.nbf * 1000 > now + 5_000 || claims.exp * 1000 <= now - 5_000)
}

function partsOf(token: string): { readonly head: Head; readonly claims: TokenClaims } {
  const [head, claims] = token
    .split('.', 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString('utf8')))
  return { head: head as Head, claims: claims as TokenClaims }
}

function kidOf(token: string): string | undefined {
  try {
    return partsOf(token).head.kid
  } catch {
    return undefined
  }
}

describe('a verifier with one defence less', () => {
  test('keeps the contract with none less', async () => {
    for (const { run } of tokenSignerContract(() => weakened({}))) await run()
  })

  const attacks: readonly (readonly [Weakness, RegExp])[] = [
    [{ none: true }, /without a signature/],
    [{ hmac: true }, /by HMAC with the public key/],
    [{ anyAlgorithm: true }, /says another algorithm/],
    [{ anyKey: true }, /names another/],
    [{ ownKey: true }, /brings its own key/],
    [{ unsigned: true }, /was changed/],
    [{ crit: true }, /must be understood/],
    [{ audience: true }, /another audience/],
    [{ issuer: true }, /another issuer/],
    [{ time: true }, /until it is over/],
    [{ claims: true }, /lacks one of its claims/],
    [{ length: true }, /too long/],
  ]
  for (const [weak, attack] of attacks)
    test(`falls to it: ${Object.keys(weak).join()}`, async () => {
      const found = tokenSignerContract(() => weakened(weak)).filter(({ name }) => attack.test(name))
      assert.equal(found.length, 1)
      await assert.rejects(async () => await found[0]?.run(), assert.AssertionError)
    })
})
