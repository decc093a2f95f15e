import type { ClientAuth, Configuration } from 'openid-client'
import { isLoopbackUrl } from '../../../domain/loopback-url.ts'
import {
  type IdentityProvider,
  type OutsideIdentity,
  ProviderError,
  type SignInAttempt,
} from '../../../ports/identity/identity-provider.ts'
import { OutgoingError } from '../../../ports/outgoing/errors.ts'
import type { Outgoing } from '../../../ports/outgoing/outgoing.ts'
import { fetchThrough } from '../shared/fetch-through.ts'

export interface OpenidOptions {
  readonly name: string
  /** As its tokens say it. Plain HTTP on this machine alone. */
  readonly issuer: string
  readonly clientId: string
  /** undefined: a public client, which has PKCE alone. */
  readonly clientSecret: string | undefined
  readonly scopes: readonly string[]
  readonly outgoing: Outgoing
}

/** What the provider says of itself is asked for again so long after it was heard, ms. */
const heardFor = 3_600_000

type Client = typeof import('openid-client')
/** Its code is read when the first person signs in so. */
let loaded: Promise<Client> | undefined
const client = (): Promise<Client> => (loaded ??= import('openid-client'))

/** OpenID Connect: a code with PKCE, state and nonce, and an ID token whose signature is looked at. */
export function openOpenidProvider(options: OpenidOptions): IdentityProvider {
  let known: { readonly at: number; readonly config: Promise<Configuration> } | undefined
  const configOf = async (): Promise<Configuration> => {
    if (known === undefined || performance.now() - known.at > heardFor) {
      const config = discover(options)
      known = { at: performance.now(), config }
      config.catch(() => {
        known = undefined
      })
    }
    return await known.config
  }
  return {
    name: options.name,
    addressFor: async ({ redirectUri, state, nonce, verifier }) => {
      const config = await configOf()
      const { buildAuthorizationUrl, calculatePKCECodeChallenge } = await client()
      const parameters = {
        ...{ redirect_uri: redirectUri, state, nonce, response_type: 'code' },
        scope: ['openid', ...options.scopes.filter((scope) => scope !== 'openid')].join(' '),
        code_challenge: await calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      }
      return buildAuthorizationUrl(config, parameters).href
    },
    whoCameBack: async (query, attempt) => await exchange(await configOf(), query, attempt),
  }
}

async function discover(options: OpenidOptions): Promise<Configuration> {
  const { name, issuer, clientId, outgoing } = options
  const { allowInsecureRequests, customFetch, discovery, enableNonRepudiationChecks } = await client()
  try {
    return await discovery(new URL(issuer), clientId, {}, await authenticationOf(options), {
      [customFetch]: fetchThrough(outgoing),
      // Without them a signature is not looked at where the token came over TLS.
      execute: [enableNonRepudiationChecks, ...(isLoopbackUrl(issuer) ? [allowInsecureRequests] : [])],
    })
  } catch (cause) {
    throw new ProviderError('unavailable', `what ${name} says of itself cannot be read at ${issuer}`, {
      cause,
    })
  }
}

/** In the header, which is what counts where a provider says nothing (OpenID Connect Discovery 1.0, section 3), or in the form. */
async function authenticationOf({ clientSecret }: OpenidOptions): Promise<ClientAuth> {
  const { ClientSecretBasic, ClientSecretPost, None } = await client()
  if (clientSecret === undefined) return None()
  const [inHeader, inForm] = [ClientSecretBasic(clientSecret), ClientSecretPost(clientSecret)]
  return (server, ...rest) => {
    const { token_endpoint_auth_methods_supported: supported = ['client_secret_basic'] } = server
    const authenticate = supported.includes('client_secret_basic') ? inHeader : inForm
    return authenticate(server, ...rest)
  }
}

async function exchange(
  config: Configuration,
  query: URLSearchParams,
  { redirectUri, state, nonce, verifier }: SignInAttempt,
): Promise<OutsideIdentity> {
  const { authorizationCodeGrant, fetchUserInfo } = await client()
  const url = new URL(redirectUri)
  url.search = query.toString()
  try {
    const tokens = await authorizationCodeGrant(config, url, {
      expectedState: state,
      expectedNonce: nonce,
      pkceCodeVerifier: verifier,
      idTokenExpected: true,
    })
    const said = tokens.claims()
    if (said === undefined) throw new ProviderError('refused', 'there is no ID token')
    const hasMore = config.serverMetadata().userinfo_endpoint !== undefined
    // Groups and names are often told there alone. What the ID token says goes before.
    const more = hasMore ? await fetchUserInfo(config, tokens.access_token, said.sub) : {}
    return { issuer: said.iss, subject: said.sub, claims: { ...more, ...said } }
  } catch (cause) {
    throw failureOf(cause)
  }
}

/** OAuth's own refusals, and tokens that are not as they have to be, are no failures of the network. */
function failureOf(cause: unknown): ProviderError {
  if (cause instanceof ProviderError) return cause
  const isOfNetwork = isUnanswered(cause) || (cause instanceof Error && /Timeout|Abort/.test(cause.name))
  const status = statusOf(cause)
  return new ProviderError(
    isOfNetwork || (status !== undefined && status >= 500) ? 'unavailable' : 'refused',
    cause instanceof Error ? cause.message : String(cause),
    { cause },
  )
}

/** The library passes on what it knows, and wraps what it does not. */
function isUnanswered(cause: unknown): boolean {
  if (cause instanceof TypeError || cause instanceof OutgoingError) return true
  return cause instanceof Error && cause.cause instanceof OutgoingError
}

function statusOf(cause: unknown): number | undefined {
  const inner: unknown =
    cause instanceof Error && cause.cause instanceof Response ? cause.cause.status : undefined
  return typeof inner === 'number' ? inner : undefined
}
