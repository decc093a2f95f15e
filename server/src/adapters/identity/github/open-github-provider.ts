import { createHash } from 'node:crypto'
import {
  type IdentityProvider,
  type OutsideIdentity,
  ProviderError,
  type SignInAttempt,
} from '../../../ports/identity/identity-provider.ts'
import type { Outgoing, OutgoingRequest } from '../../../ports/outgoing/outgoing.ts'

export interface GithubOptions {
  readonly name: string
  /** Where people sign in: https://github.com, or an own server. No slash at its end. */
  readonly web: string
  /** https://api.github.com, or an own server's `/api/v3`. No slash at its end. */
  readonly api: string
  readonly clientId: string
  readonly clientSecret: string
  readonly scopes: readonly string[]
  readonly outgoing: Outgoing
}

/** Of a list so many pages are read: 1,000 organisations, teams or addresses. */
const mostPages = 10
const perPage = 100

/**
 * GitHub knows no OpenID Connect for people: OAuth 2 (RFC 6749, 4.1) with PKCE and state, and then its API is asked who has the
 * token. The number is the person: names change, and are given to others. Groups are organisations, and teams as `acme/release`.
 */
export function openGithubProvider(options: GithubOptions): IdentityProvider {
  return {
    name: options.name,
    addressFor: async ({ redirectUri, state, verifier }) => {
      const url = new URL(`${options.web}/login/oauth/authorize`)
      url.search = new URLSearchParams({
        ...{ client_id: options.clientId, redirect_uri: redirectUri, state, response_type: 'code' },
        scope: options.scopes.join(' '),
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        code_challenge_method: 'S256',
      }).toString()
      return url.href
    },
    whoCameBack: async (query, attempt) => {
      if (query.get('state') !== attempt.state || query.getAll('state').length !== 1)
        throw new ProviderError('refused', 'the state is of another attempt')
      const code = query.get('code')
      if (code === null || code === '')
        throw new ProviderError('refused', `there is no code (${query.get('error') ?? 'and no error'})`)
      return await whoHas(options, await tokenFor(options, code, attempt))
    },
  }
}

async function tokenFor(
  { web, clientId, clientSecret, outgoing }: GithubOptions,
  code: string,
  { redirectUri, verifier }: SignInAttempt,
): Promise<string> {
  const answer = await json(outgoing, `${web}/login/oauth/access_token`, {
    method: 'POST',
    headers: { Accept: 'application/json', 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      ...{ client_id: clientId, client_secret: clientSecret, code, redirect_uri: redirectUri },
      code_verifier: verifier,
    }).toString(),
  })
  const token = memberOf(answer, 'access_token')
  // It says by 200 that a code is not good.
  if (typeof token !== 'string' || token === '')
    throw new ProviderError('refused', `no token for the code (${String(memberOf(answer, 'error'))})`)
  return token
}

async function whoHas(options: GithubOptions, token: string): Promise<OutsideIdentity> {
  const { web, scopes } = options
  const user = await json(options.outgoing, `${options.api}/user`, asked(token))
  const [id, login, name] = ['id', 'login', 'name'].map((member) => memberOf(user, member))
  if (typeof id !== 'number' || !Number.isSafeInteger(id) || id <= 0 || typeof login !== 'string')
    throw new ProviderError('refused', 'the user has no number')
  const email = scopes.includes('user:email') ? await primaryEmail(options, token) : undefined
  const groups = scopes.includes('read:org') ? await groupsOf(options, token) : []
  return {
    issuer: web,
    subject: String(id),
    claims: {
      ...{ sub: String(id), preferred_username: login, groups },
      ...(typeof name === 'string' && { name }),
      ...(email !== undefined && { email, email_verified: true }),
    },
  }
}

async function primaryEmail(options: GithubOptions, token: string): Promise<string | undefined> {
  for (const entry of await all(options, '/user/emails', token)) {
    const email = memberOf(entry, 'email')
    const isIt = memberOf(entry, 'primary') === true && memberOf(entry, 'verified') === true
    if (isIt && typeof email === 'string') return email
  }
  return undefined
}

async function groupsOf(options: GithubOptions, token: string): Promise<readonly string[]> {
  const organisations = (await all(options, '/user/orgs', token)).map((one) => memberOf(one, 'login'))
  const teams = (await all(options, '/user/teams', token)).map((team) => {
    const [slug, organisation] = [memberOf(team, 'slug'), memberOf(memberOf(team, 'organization'), 'login')]
    return typeof slug === 'string' && typeof organisation === 'string'
      ? `${organisation}/${slug}`
      : undefined
  })
  return [...organisations, ...teams].filter((group) => typeof group === 'string')
}

async function all(
  { api, outgoing }: GithubOptions,
  path: string,
  token: string,
): Promise<readonly unknown[]> {
  const found: unknown[] = []
  for (let page = 1; page <= mostPages; page++) {
    const entries = await json(outgoing, `${api}${path}?per_page=${perPage}&page=${page}`, asked(token))
    if (!Array.isArray(entries)) throw new ProviderError('unavailable', `${path} answers no list`)
    found.push(...entries)
    if (entries.length < perPage) return found
  }
  return found
}

const asked = (token: string): OutgoingRequest => ({
  headers: { Accept: 'application/vnd.github+json', Authorization: `Bearer ${token}` },
})

async function json(outgoing: Outgoing, url: string, request: OutgoingRequest): Promise<unknown> {
  try {
    const answer = await outgoing.fetch(url, { ...request, redirect: 'error' })
    const text = await answer.text()
    if (answer.ok) return JSON.parse(text)
    const kind = answer.status >= 500 || answer.status === 429 ? 'unavailable' : 'refused'
    throw new ProviderError(kind, `${new URL(url).pathname} answers ${answer.status}`)
  } catch (cause) {
    if (cause instanceof ProviderError) throw cause
    throw new ProviderError('unavailable', `${new URL(url).pathname} cannot be asked`, { cause })
  }
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined
}
