import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { decodeJwt, generateKeyPair, type JWTPayload, jwtVerify, SignJWT, UnsecuredJWT } from 'jose'
import { identities } from '../../src/core/access/outside-tables.ts'
import { accounts } from '../../src/core/access/tables.ts'
import { allRows } from '../core/invariants.ts'
import { Browser } from '../kit/browser.ts'
import { clientSecret } from '../kit/identity-provider.ts'
import { type SignInWorld, startSignInWorld } from '../kit/sign-in-world.ts'

type Forge = (claims: JWTPayload) => Promise<string> | string

/** Without a signature, or by HMAC: as no library would write it. */
function written(header: object, claims: JWTPayload, secret?: string): string {
  const [head, body] = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
  const text = `${head}.${body}`
  const mac = secret === undefined ? '' : createHmac('sha256', secret).update(text).digest('base64url')
  return `${text}.${mac}`
}

describe('ID tokens of a real provider that somebody has put others in place of', () => {
  let world: SignInWorld
  let forge: Forge | undefined
  let subject: string | undefined
  before(async () => {
    world = await startSignInWorld({ people: { 'person-1': { preferred_username: 'ada' } } })
    const usual = world.fetch
    world.fetch = async (asked, request) => {
      const [url, answer] = [String(asked), await usual(asked, request)]
      if (url.endsWith('/me') && subject !== undefined)
        return Response.json({ ...((await answer.json()) as object), sub: subject })
      if (!url.endsWith('/token') || forge === undefined) return answer
      const body = (await answer.json()) as { id_token: string }
      return Response.json({ ...body, id_token: await forge(decodeJwt(body.id_token)) })
    }
  })
  after(async () => {
    await world?.[Symbol.asyncDispose]()
  })

  const attempt = async (by: Forge): Promise<string> => {
    forge = by
    const browser = new Browser()
    const { status } = await world.signIn(browser, 'person-1')
    return `${status} ${await world.who(browser)}`
  }
  const now = (): number => Math.floor(Date.now() / 1000)

  it('are taken where they say what is true, by the key of the provider', async () => {
    assert.equal(await attempt((claims) => world.provider.sign(claims)), '303 user:ada')
  })

  const lies: Readonly<Record<string, (claims: JWTPayload) => JWTPayload>> = {
    'for somebody else': (claims) => ({ ...claims, aud: 'another client' }),
    'for several, by somebody else': (claims) => ({ ...claims, aud: ['lading', 'other'], azp: 'other' }),
    'of another issuer': (claims) => ({ ...claims, iss: 'https://evil.example' }),
    'that are over': (claims) => ({ ...claims, iat: now() - 7_200, exp: now() - 3_600 }),
    'without an end': ({ exp: _, ...claims }) => claims,
    'of another nonce': (claims) => ({ ...claims, nonce: 'x'.repeat(43) }),
    'without a nonce': ({ nonce: _, ...claims }) => claims,
    'of nobody': ({ sub: _, ...claims }) => claims,
  }
  for (const [name, lie] of Object.entries(lies))
    it(`are refused: ${name}`, async () => {
      assert.equal(await attempt((claims) => world.provider.sign(lie(claims))), '401 anonymous')
    })

  it('are refused by another key, whatever it calls itself', async () => {
    const { privateKey } = await generateKeyPair('RS256')
    for (const kid of ['provider-1', 'unknown'])
      assert.equal(
        await attempt((claims) =>
          new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid }).sign(privateKey),
        ),
        '401 anonymous',
      )
  })

  it('would be taken by whoever believes what they say of their algorithm', async () => {
    const { publicPem } = world.provider
    const forged = written({ alg: 'HS256', kid: 'provider-1' }, { sub: 'person-1' }, publicPem)
    const { payload } = await jwtVerify(forged, new TextEncoder().encode(publicPem))
    assert.equal(payload.sub, 'person-1')
    assert.equal(UnsecuredJWT.decode(written({ alg: 'none' }, { sub: 'person-1' })).payload.sub, 'person-1')
  })

  it('are refused without a signature, and by what everybody knows, or the client does', async () => {
    const { publicPem } = world.provider
    for (const alg of ['none', 'None', 'NONE'])
      assert.equal(
        await attempt((claims) => written({ alg, kid: 'provider-1' }, claims)),
        '401 anonymous',
        alg,
      )
    for (const secret of [publicPem, publicPem.trim(), clientSecret])
      assert.equal(
        await attempt((claims) => written({ alg: 'HS256', kid: 'provider-1' }, claims, secret)),
        '401 anonymous',
      )
  })

  it('are refused where the provider then speaks of another person', async () => {
    subject = 'person-2'
    try {
      assert.equal(await attempt((claims) => world.provider.sign(claims)), '401 anonymous')
    } finally {
      subject = undefined
    }
  })

  it('have made nobody an account but the one person', async () => {
    const { store } = world.registry.composed
    assert.deepEqual(
      (await allRows(store, accounts)).map(({ name }) => name),
      ['ada', 'root'],
    )
    assert.deepEqual(
      (await allRows(store, identities)).map(({ subject: of }) => of),
      ['person-1'],
    )
  })
})
