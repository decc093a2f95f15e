import type { Registry } from '../../boot/registry.ts'
import { isRegistryError, RegistryError } from '../../domain/error.ts'
import type { Principal } from '../../domain/principal.ts'
import type { Exchange } from '../../http/exchange.ts'
import { answerJson } from '../shared/answer.ts'
import type { ApiRoute } from '../shared/route.ts'
import { readSearch, readSuggestions } from './read-search.ts'
import { shownResult, shownSuggestions } from './show-result.ts'

/** Clients bound the headers of an answer; `next` is in its body anyway. */
const longestLink = 4_096

/**
 * `GET /api/v1/search` and `GET /api/v1/suggest`: what the asker may find, and nothing of anything else. See the guide to
 * searching for the parameters.
 */
export function searchRoutes({ access, search }: Pick<Registry, 'access' | 'search'>): readonly ApiRoute[] {
  const route = (name: string, answer: typeof answerSearch): ApiRoute => ({
    method: 'GET',
    path: `/api/v1/${name}`,
    name,
    admits: 'anyone',
    needs: [{ be: 'anyone' }],
    handle: async ({ exchange, principal }) => {
      access.authorizeListing(principal, 'search')
      await answer(exchange, principal, search)
    },
  })
  return [route('search', answerSearch), route('suggest', answerSuggestions)]
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
  answerJson(exchange, 200, shownResult(result, page), headers)
}

async function answerSuggestions(
  exchange: Exchange,
  principal: Principal,
  search: Registry['search'],
): Promise<void> {
  const { text, limit } = readSuggestions(exchange.parameters)
  answerJson(exchange, 200, shownSuggestions(await search.suggest(principal, text, limit)))
}

/** RFC 8288: the same question, from where this page ends. */
function nextLink({ path, parameters }: Exchange, next: string, limit: number): string {
  const asked = new URLSearchParams(parameters)
  for (const name of ['page', 'pageSize']) asked.delete(name)
  asked.set('limit', String(limit))
  asked.set('after', next)
  return `<${path}?${asked}>; rel="next"`
}
