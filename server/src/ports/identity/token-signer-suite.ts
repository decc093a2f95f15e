import assert from 'node:assert/strict'
import { createHmac, createPrivateKey, sign as signBytes } from 'node:crypto'
import type { ContractCase } from '../contract.ts'
import {
  type ExpectedToken,
  longestToken,
  type SigningKey,
  type TokenClaims,
  type TokenSigner,
} from './token-signer.ts'

const now = 1_767_225_600_000
const seconds = now / 1000
const claims: TokenClaims = {
  iss: 'https://registry.example',
  aud: 'registry.example',
  sub: 'user:ada',
  iat: seconds,
  nbf: seconds,
  exp: seconds + 300,
  jti: 'one',
  access: [{ type: 'repository', name: 'acme/app', actions: ['pull'] }],
}

interface Bench {
  readonly signer: TokenSigner
  readonly key: SigningKey
  readonly other: SigningKey
  readonly expected: ExpectedToken
  /** Signed by `key`. */
  token(more?: Partial<Record<keyof TokenClaims, unknown>>): Promise<string>
  refuses(token: string, more?: Partial<ExpectedToken>): Promise<void>
}

/** What every signer must do, and which tokens it must refuse. */
export function tokenSignerContract(open: () => TokenSigner): ContractCase[] {
  return cases.map(({ name, check }) => ({
    name,
    run: async () => {
      const signer = open()
      const key = await signer.keyOf(new Uint8Array(32).fill(1))
      const other = await signer.keyOf(new Uint8Array(32).fill(2))
      const expected = { keys: [other, key], issuer: claims.iss, audience: claims.aud, now }
      await check({
        signer,
        key,
        other,
        expected,
        token: async (more) => await signer.sign(key, { ...claims, ...more } as TokenClaims),
        refuses: async (token, more) =>
          assert.equal(await signer.verify(token, { ...expected, ...more }), undefined, token),
      })
    },
  }))
}

const cases: readonly { readonly name: string; check(bench: Bench): Promise<void> }[] = [
  {
    name: 'a token says what was signed, to whoever has the key among others',
    check: async ({ signer, key, expected, token }) => {
      const made = await token()
      assert.deepEqual(await signer.verify(made, expected), claims)
      assert.equal(signer.keyIdOf(made), key.id)
      const [head] = partsOf(made)
      assert.deepEqual(head, { alg: 'EdDSA', typ: 'JWT', kid: key.id })
    },
  },
  {
    name: 'a key is the same for the same seed, and another for another one',
    check: async ({ signer, key, other }) => {
      const { id, publicKey } = await signer.keyOf(new Uint8Array(32).fill(1))
      assert.deepEqual([id, publicKey], [key.id, key.publicKey])
      assert.notEqual(other.id, id)
      assert.equal(Buffer.from(publicKey, 'base64url').length, 32)
    },
  },
  {
    name: 'a token is good from its time until it is over, but for what clocks differ',
    check: async ({ signer, expected, token, refuses }) => {
      const made = await token()
      for (const at of [now - 4_000, now + 299_000, now + 304_000])
        assert.ok(await signer.verify(made, { ...expected, now: at }), String(at - now))
      for (const at of [now - 6_000, now + 306_000]) await refuses(made, { now: at })
    },
  },
  {
    name: 'a token of another issuer is refused',
    check: async ({ token, refuses }) => refuses(await token({ iss: 'https://elsewhere.example' })),
  },
  {
    name: 'a token for another audience is refused',
    check: async ({ token, refuses }) => {
      await refuses(await token({ aud: 'elsewhere.example' }))
      await refuses(await token({ aud: ['elsewhere.example', claims.aud] }))
    },
  },
  {
    name: 'a token that lacks one of its claims is refused',
    check: async ({ token, refuses }) => {
      for (const claim of ['iss', 'aud', 'sub', 'iat', 'nbf', 'exp', 'jti'])
        await refuses(await token({ [claim]: undefined }))
    },
  },
  {
    name: 'a token of a key that is none of these is refused',
    check: async ({ signer, key, other, refuses }) => {
      await refuses(await signer.sign(key, claims), { keys: [other] })
      await refuses(await signer.sign(key, claims), { keys: [] })
    },
  },
  {
    name: 'a token of one key that names another is refused',
    check: async ({ key, other, refuses }) => {
      for (const kid of [other.id, '', '../../etc/passwd', "' OR 1=1 --", 0, null, [key.id], { id: key.id }])
        await refuses(signedBy(key, { alg: 'EdDSA', typ: 'JWT', kid }))
    },
  },
  {
    name: 'a token that brings its own key is refused',
    check: async ({ signer, key, refuses }) => {
      const own = await signer.keyOf(new Uint8Array(32).fill(3))
      const jwk = { kty: 'OKP', crv: 'Ed25519', x: own.publicKey }
      await refuses(signedBy(own, { alg: 'EdDSA', typ: 'JWT', kid: key.id, jwk }))
      await refuses(signedBy(own, { alg: 'EdDSA', typ: 'JWT', kid: key.id }))
    },
  },
  {
    name: 'a token that was changed is refused',
    check: async ({ token, refuses }) => {
      const [head, , signature = ''] = (await token()).split('.')
      await refuses(`${head}.${encode({ ...claims, sub: 'user:root' })}.${signature}`)
      const payload = encode(claims)
      await refuses(`${head}.${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`)
      await refuses(`${head}.${payload}.`)
      await refuses(`${head}.${payload}`)
    },
  },
  {
    name: 'a token without a signature is refused, however it spells that',
    check: async ({ key, refuses }) => {
      for (const alg of ['none', 'None', 'NONE', 'nOnE', '', null]) {
        const head = encode({ alg, typ: 'JWT', kid: key.id })
        await refuses(`${head}.${encode(claims)}.`)
        await refuses(`${head}.${encode(claims)}.AA`)
      }
    },
  },
  {
    name: 'a token by HMAC with the public key is refused',
    check: async ({ key, refuses }) => {
      const raw = Buffer.from(key.publicKey, 'base64url')
      const pem = `-----BEGIN PUBLIC KEY-----\n${Buffer.concat([spkiHead, raw]).toString('base64')}\n-----END PUBLIC KEY-----\n`
      for (const secret of [raw, Buffer.from(key.publicKey), Buffer.from(pem)])
        for (const alg of ['HS256', 'EdDSA'])
          await refuses(hmacToken({ alg, typ: 'JWT', kid: key.id }, secret))
    },
  },
  {
    name: 'a token that says another algorithm is refused, though its signature is right',
    check: async ({ key, refuses }) => {
      for (const alg of ['RS256', 'ES256', 'HS256', 'Ed25519', 'Ed448'])
        await refuses(signedBy(key, { alg, typ: 'JWT', kid: key.id }))
      await refuses(signedBy(key, { alg: 'EdDSA', typ: 'at+jwt', kid: key.id }))
    },
  },
  {
    name: 'what must be understood and is not, is refused',
    check: async ({ key, refuses }) => {
      const base = { alg: 'EdDSA', typ: 'JWT', kid: key.id }
      for (const more of [{ crit: ['exp'], exp: 1 }, { crit: [] }, { crit: ['b64'], b64: false }])
        await refuses(signedBy(key, { ...base, ...more }))
    },
  },
  {
    name: 'what is no token, or too long for one, is refused, and names no key',
    check: async ({ signer, token, refuses }) => {
      const long = await token({ sub: 'a'.repeat(longestToken) })
      const texts = [
        '',
        '.',
        '..',
        '...',
        'a.b.c',
        `${await token()}.`,
        `${await token()}.a`,
        '\0',
        'é.é.é',
        long,
      ]
      for (const text of texts) {
        await refuses(text)
        assert.equal(signer.keyIdOf(text), undefined, text.slice(0, 80))
      }
      for (const head of ['null', '1', '[]', '"kid"', '{', '{"kid":{}}'])
        assert.equal(signer.keyIdOf(`${Buffer.from(head).toString('base64url')}.e30.AA`), undefined, head)
    },
  },
]

/** RFC 8410: what comes before an Ed25519 key, as a secret and in its public form. */
const pkcs8Head = Buffer.from('302e020100300506032b657004220420', 'hex')
const spkiHead = Buffer.from('302a300506032b6570032100', 'hex')

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

function hmacToken(head: object, secret: Uint8Array): string {
  const signed = `${encode(head)}.${encode(claims)}`
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
}

/** By nothing but the key, whatever the head says. */
function signedBy({ seed }: SigningKey, head: object): string {
  const der = Buffer.concat([pkcs8Head, seed])
  const signed = `${encode(head)}.${encode(claims)}`
  const signature = signBytes(
    null,
    Buffer.from(signed),
    createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }),
  )
  return `${signed}.${signature.toString('base64url')}`
}

function partsOf(token: string): unknown[] {
  return token
    .split('.', 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as unknown)
}
