import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose'
import { Provider } from 'oidc-provider'

export const clientId = 'lading'
export const clientSecret = 'a secret of lading'

/** Who has an account at the provider: by name, what it says of them. */
export type People = Record<string, Record<string, unknown>>

/** A real OpenID provider on a loopback port. Whoever logs in with a name is that person. */
export interface TestProvider extends AsyncDisposable {
  readonly issuer: string
  readonly people: People
  /** Tells it where people go back to. Before that it answers nothing. */
  knows(registry: string): void
  /** A token by the provider's own key, such as a CI would be given. */
  sign(claims: JWTPayload, header?: Partial<JWTHeaderParameters>): Promise<string>
  /** PEM of its public key, which everybody can have. */
  readonly publicPem: string
}

export async function startIdentityProvider(people: People): Promise<TestProvider> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true })
  const own = { ...(await exportJWK(privateKey)), kid: 'provider-1', alg: 'RS256', use: 'sig' }
  let listener: RequestListener | undefined
  const server = createServer((request, response) => {
    if (listener === undefined) response.writeHead(503).end()
    else listener(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    issuer,
    people,
    knows: (registry) => {
      listener = providerOf(issuer, { registry, people, key: own }).callback()
    },
    sign: async (claims, header = {}) =>
      await new SignJWT(claims)
        .setProtectedHeader({ alg: 'RS256', kid: 'provider-1', ...header })
        .sign(privateKey),
    publicPem: await import('jose').then(({ exportSPKI }) => exportSPKI(publicKey)),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function providerOf(
  issuer: string,
  { registry, people, key }: { readonly registry: string; readonly people: People; readonly key: object },
): Provider {
  return new Provider(issuer, {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [`${registry}/sign-in/company/callback`, `${registry}/sign-in/other/callback`],
      },
    ],
    jwks: { keys: [key] },
    cookies: { keys: ['a key of the test'] },
    pkce: { required: () => true },
    claims: {
      openid: ['sub'],
      email: ['email', 'email_verified'],
      profile: ['name', 'preferred_username', 'groups'],
    },
    findAccount: (_context, id) => {
      const said = Object.hasOwn(people, id) ? people[id] : undefined
      return said && { accountId: id, claims: async () => ({ sub: id, ...said }) }
    },
    ttl: {
      Session: 600,
      Grant: 600,
      Interaction: 600,
      AccessToken: 600,
      IdToken: 600,
      AuthorizationCode: 60,
    },
  })
}
