import type { Registry, TokenFace } from '../../boot/registry.ts'
import { isRegistryError, RegistryError } from '../../domain/error.ts'
import { describePrincipal, type Principal } from '../../domain/principal.ts'
import { type AccessEntry, formatScope } from '../../domain/token-scope.ts'
import type { Door } from '../../http/door.ts'
import type { Exchange } from '../../http/exchange.ts'
import { type Report, reportFault } from '../../http/problem.ts'
import { RequestCaller } from '../../http/request-caller.ts'
import { type HeaderList, send } from '../../http/send.ts'
import { errorHeaders, statusOf } from '../../http/status.ts'
import { admitted, turnedAway } from '../../http/visitor.ts'
import { wrongCredentials } from '../../http/wrong-credentials.ts'
import { readForm, readQuery, type TokenRequest } from './token-request.ts'

const anonymous: Principal = { kind: 'anonymous' }

interface Granted {
  readonly token: string
  readonly issuedAt: number
  readonly expiresIn: number
  readonly granted: readonly AccessEntry[]
  readonly refreshToken?: string
}

/**
 * `/token`, where clients that know of repositories get what they show there: the Distribution project's "Token Authentication
 * Specification" by GET, and "Oauth2 Token Authentication" by POST.
 */
export function createTokenDoor(registry: Pick<Registry, 'access' | 'tokens'>, report: Report): Door {
  return {
    segments: ['token'],
    isForPrograms: true,
    rateClass: () => 'login',
    handle: async (exchange) => {
      exchange.route = 'oci-token'
      const { path, method } = exchange
      const { tokens } = registry
      if (path !== '/token' || tokens === undefined)
        throw new RegistryError('path-unknown', { path, reason: 'tokens are made at /token' })
      if (method !== 'GET' && method !== 'POST')
        throw new RegistryError('method-unsupported', { method, allow: ['GET', 'POST'] })
      const request =
        method === 'GET' ? readQuery(exchange, tokens.service) : await readForm(exchange, tokens.service)
      answer(exchange, await grant(exchange, { registry, tokens, request }))
    },
    fail: (exchange, error) => sendFailure(exchange, error, report),
  }
}

interface Granting {
  readonly registry: Pick<Registry, 'access'>
  readonly tokens: TokenFace
  readonly request: TokenRequest
}

async function grant(exchange: Exchange, { registry, tokens, request }: Granting): Promise<Granted> {
  const { asked, shown, offline, client } = request
  await registry.access.ready()
  if (shown !== undefined && 'refreshToken' in shown) {
    const refreshed = await counted(
      exchange,
      tokens.refresh(new RequestCaller(anonymous, exchange), shown.refreshToken),
      ({ owner }) => owner,
    )
    exchange.who = describePrincipal(refreshed.owner)
    await registry.access.ready()
    return { ...(await tokens.scopedFor(refreshed, asked)), refreshToken: refreshed.refreshToken }
  }
  const principal = await counted(exchange, whoShows(exchange, registry, shown), (found) => found)
  exchange.who = principal.kind === 'anonymous' ? undefined : describePrincipal(principal)
  await registry.access.ready()
  const scoped = await tokens.scoped(principal, asked)
  const isKept = offline && principal.kind !== 'anonymous'
  const refreshed = isKept ? await tokens.offline(new RequestCaller(principal, exchange), client) : undefined
  return refreshed === undefined ? scoped : { ...scoped, refreshToken: refreshed.refreshToken }
}

async function whoShows(
  { address }: Exchange,
  { access }: Pick<Registry, 'access'>,
  shown: { readonly user: string; readonly password: string } | undefined,
): Promise<Principal> {
  if (shown === undefined) return anonymous
  const principal = await access.login(shown.user, shown.password, address)
  if (principal !== undefined) return principal
  throw wrongCredentials(shown.password)
}

/** By who asks, as `visitorOf` does it. */
async function counted<T>(
  exchange: Exchange,
  asking: Promise<T>,
  ofWhom: (found: T) => Principal,
): Promise<T> {
  const found = await asking.catch((error: unknown) => turnedAway(exchange, error))
  await admitted(exchange, ofWhom(found))
  return found
}

/** Both names of the token: clients read the one or the other. */
function answer(exchange: Exchange, granted: Granted): void {
  const { token, issuedAt, expiresIn, refreshToken } = granted
  write(exchange, 200, {
    token,
    access_token: token,
    token_type: 'Bearer',
    expires_in: expiresIn,
    issued_at: new Date(issuedAt).toISOString(),
    scope: granted.granted.map(formatScope).join(' '),
    ...(refreshToken !== undefined && { refresh_token: refreshToken }),
  })
}

/** As the protocol says it, and as OAuth 2 does (RFC 6749, section 5.2): some clients show the one, some the other. */
function sendFailure(exchange: Exchange, error: unknown, report: Report): void {
  reportFault(exchange, error, report)
  const known = isRegistryError(error) ? error : undefined
  const message = known?.message ?? 'Lading failed to answer'
  const isRefused = known?.code === 'unauthenticated'
  const isOften = known?.code === 'too-many-requests'
  const body = {
    error: isRefused
      ? 'invalid_grant'
      : known?.code === 'parameter-invalid'
        ? 'invalid_request'
        : isOften
          ? 'temporarily_unavailable'
          : 'server_error',
    error_description: message,
    errors: [
      {
        code: isRefused ? 'UNAUTHORIZED' : isOften ? 'TOOMANYREQUESTS' : 'UNSUPPORTED',
        message,
        detail: { requestId: exchange.requestId },
      },
    ],
  }
  write(exchange, known === undefined ? 500 : statusOf(known.code), body, known && errorHeaders(known))
}

function write(exchange: Exchange, status: number, body: object, more: HeaderList = []): void {
  const headers = [
    ...['Content-Type', 'application/json', 'Cache-Control', 'no-store', 'X-Content-Type-Options', 'nosniff'],
    ...more,
  ]
  send(exchange, status, headers, JSON.stringify(body))
}
