import type { Registry } from '../../boot/registry.ts'
import { RegistryError } from '../../domain/error.ts'
import { nearest } from '../../domain/nearest.ts'
import { describePrincipal, describeVia, type Principal } from '../../domain/principal.ts'
import type { Door } from '../../http/door.ts'
import { decodeSegment, type Exchange, type RateClass } from '../../http/exchange.ts'
import { type Report, sendProblem } from '../../http/problem.ts'
import { RequestCaller } from '../../http/request-caller.ts'
import { type CookieSettings, sessionCookieOf } from '../../http/session-cookie.ts'
import { browserVisitorOf, csrfOf, requireStillVisitor } from '../../http/visitor.ts'
import { readApiBody } from '../shared/read-body.ts'
import type { ApiMethod, ApiRoute } from '../shared/route.ts'

export interface ApiSettings {
  /** Of a body. */
  readonly bodyBytes: number
  readonly cookies: CookieSettings
}

type ByMethod = ReadonlyMap<ApiMethod, ApiRoute>

/** Everything below `/api`, by routes. */
export function createApiDoor(
  access: Registry['access'],
  routes: readonly ApiRoute[],
  { bodyBytes, cookies }: ApiSettings,
  report: Report,
): Door {
  const paths = [...new Set(routes.map(({ path }) => path))].map((path) => ({
    path,
    segments: path.split('/'),
    routes: new Map(routes.filter((route) => route.path === path).map((route) => [route.method, route])),
  }))
  const find = (path: string): { readonly routes: ByMethod; readonly segments: readonly string[] } => {
    const asked = path.split('/')
    const found = paths.find(({ segments }) => matches(segments, asked))
    if (found === undefined)
      throw nothingAt(
        path,
        paths.map((one) => one.path),
      )
    return found
  }
  return {
    segments: ['api'],
    isForPrograms: true,
    rateClass: rateClassOf,
    handle: async (exchange) => {
      const { routes: byMethod, segments } = find(exchange.path)
      const route = routeOf(byMethod, exchange.method)
      exchange.route = route.name
      const principal = await browserVisitorOf(exchange, access, { cookies })
      exchange.who = principal.kind === 'anonymous' ? undefined : describePrincipal(principal)
      exchange.via = describeVia(principal)
      requireSomeone(route, principal)
      const asked = exchange.path.split('/')
      const isOfSession = principal.kind === 'user' && principal.via?.kind === 'session'
      const token = isOfSession ? sessionCookieOf(exchange, cookies) : undefined
      await route.handle({
        exchange,
        principal,
        caller: new RequestCaller(principal, exchange),
        csrf: token === undefined ? undefined : csrfOf(token),
        at: (name) => decodeSegment(asked[segments.indexOf(`{${name}}`)] ?? ''),
        body: async (known) => {
          const body = await readApiBody(exchange, known, bodyBytes)
          await requireStillVisitor(exchange, access, { principal, cookies })
          return body
        },
      })
    },
    fail: (exchange, error) => sendProblem(exchange, error, report),
  }
}

function rateClassOf({ method, path }: Exchange): RateClass {
  if (path === '/api/v1/search' || path.startsWith('/api/v1/search/')) return 'search'
  if (path === '/api/v1/tokens' || path.startsWith('/api/v1/tokens/')) return 'login'
  if (method === 'GET' || method === 'HEAD') return 'read'
  // Passwords and codes are shown there once more.
  return path.startsWith('/api/v1/me/second-factor/') ? 'login' : 'write'
}

function matches(segments: readonly string[], asked: readonly string[]): boolean {
  return (
    segments.length === asked.length &&
    segments.every((segment, at) => (segment.startsWith('{') ? asked[at] !== '' : segment === asked[at]))
  )
}

/** HEAD is GET without its body. */
function routeOf(routes: ByMethod, method: string): ApiRoute {
  const found = routes.get((method === 'HEAD' ? 'GET' : method) as ApiMethod)
  if (found !== undefined) return found
  const allow = [...routes.keys()].flatMap((one) => (one === 'GET' ? ['GET', 'HEAD'] : [one]))
  throw new RegistryError('method-unsupported', { method, allow })
}

function requireSomeone({ admits }: ApiRoute, principal: Principal): void {
  if (admits === 'anyone' || principal.kind !== 'anonymous') return
  throw new RegistryError('unauthenticated', { reason: 'log in for this' })
}

function nothingAt(path: string, paths: readonly string[]): RegistryError<'path-unknown'> {
  const meant = nearest(path, paths)
  const reason = meant === undefined ? `there are ${paths.join(', ')}` : `did you mean ${meant}?`
  return new RegistryError('path-unknown', { path, reason })
}
