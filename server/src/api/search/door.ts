import type { Registry } from '../../boot/registry.ts'
import { isRegistryError, RegistryError } from '../../domain/error.ts'
import { nearest } from '../../domain/nearest.ts'
import { describePrincipal, type Principal } from '../../domain/principal.ts'
import type { Door } from '../../http/door.ts'
import type { Exchange } from '../../http/exchange.ts'
import { type Report, sendApiProblem } from '../../http/problem.ts'
import { type HeaderList, send } from '../../http/send.ts'
import { visitorOf } from '../../http/visitor.ts'
import { readSearch, readSuggestions } from './read-search.ts'
import { shownResult, shownSuggestions } from './show-result.ts'

const methods = ['GET', 'HEAD']
const paths = ['/api/v1/search', '/api/v1/suggest']
/** Clients bound the headers of an answer; `next` is in its body anyway. */
const longestLink = 4_096

/**
 * `GET /api/v1/search` and `GET /api/v1/suggest`: what the asker may find, and nothing of anything else. See the guide to
 * searching for the parameters.
 */
export function createSearchDoor(registry: Pick<Registry, 'access' | 'search'>, report: Report): Door {
  const { access, search } = registry
  return {
    segments: ['api'],
    handle: async (exchange) => {
      const { method, path } = exchange
      if (!paths.includes(path)) throw nothingAt(path)
      exchange.route = path === '/api/v1/search' ? 'search' : 'suggest'
      if (!methods.includes(method)) throw new RegistryError('method-unsupported', { method, allow: methods })
      const principal = await visitorOf(exchange, access.login.bind(access))
      exchange.who = principal.kind === 'anonymous' ? undefined : describePrincipal(principal)
      access.authorizeListing(principal, 'search')
      await (exchange.route === 'search' ? answerSearch : answerSuggestions)(exchange, principal, search)
    },
    fail: (exchange, error) => sendApiProblem(exchange, error, report),
  }
}

function nothingAt(path: string): RegistryError<'path-unknown'> {
  const meant = nearest(path, paths)
  const reason = meant === undefined ? `there are ${paths.join(', ')}` : `did you mean ${meant}?`
  return new RegistryError('path-unknown', { path, reason })
}

async function answerSearch(
  exchange: Exchange,
  principal: Principal,
  search: Registry['search'],
): Promise<void> {
  const { request, page } = readSearch(exchange.parameters)
  const result = await search.search(principal, request).catch((error: unknown) => {
    // It is nobody's parameter here: a cursor stands for it.
    if (isRegistryError(error, 'parameter-invalid') && error.data.parameter === 'offset')
      throw new RegistryError('parameter-invalid', { parameter: 'after', reason: error.data.reason })
    throw error
  })
  const link = result.next === undefined ? '' : nextLink(exchange, result.next, request.limit)
  const headers = link === '' || link.length > longestLink ? [] : ['Link', link]
  sendJson(exchange, shownResult(result, page), headers)
}

async function answerSuggestions(
  exchange: Exchange,
  principal: Principal,
  search: Registry['search'],
): Promise<void> {
  const { text, limit } = readSuggestions(exchange.parameters)
  sendJson(exchange, shownSuggestions(await search.suggest(principal, text, limit)))
}

/** RFC 8288: the same question, from where this page ends. */
function nextLink({ path, parameters }: Exchange, next: string, limit: number): string {
  const asked = new URLSearchParams(parameters)
  for (const name of ['page', 'pageSize']) asked.delete(name)
  asked.set('limit', String(limit))
  asked.set('after', next)
  return `<${path}?${asked}>; rel="next"`
}

/** What is found differs by who asks, and by the moment. */
function sendJson(exchange: Exchange, value: object, more: HeaderList = []): void {
  const headers = [
    ...['Content-Type', 'application/json', 'Cache-Control', 'private, no-store', 'Vary', 'Authorization'],
    ...['X-Content-Type-Options', 'nosniff'],
    ...more,
  ]
  send(exchange, 200, headers, JSON.stringify(value))
}
