import type { Registry } from '../../boot/registry.ts'
import { isRegistryError, RegistryError } from '../../domain/error.ts'
import { describePrincipal, type Principal } from '../../domain/principal.ts'
import { parseRepositoryName } from '../../domain/repository-name.ts'
import type { Door } from '../../http/door.ts'
import { decodeSegment, type Exchange } from '../../http/exchange.ts'
import { type Report, reportFault } from '../../http/problem.ts'
import { send } from '../../http/send.ts'
import { type CookieSettings, sessionCookieOf } from '../../http/session-cookie.ts'
import { errorHeaders, statusOf } from '../../http/status.ts'
import { browserVisitorOf } from '../../http/visitor.ts'
import { failurePage } from '../shared/failure.ts'
import { html, type Markup } from '../shared/html.ts'
import { pageHeaders } from '../shared/layout.ts'
import { type AddressSettings, addressOf } from './address.ts'
import { homePage } from './home.ts'
import { readQuestion, type VisitorAsks } from './read-question.ts'
import { repositoryPage } from './repository.ts'
import { resultsPage, unansweredPage } from './results.ts'
import { searchForm } from './search-form.ts'
import { visitorLink } from './visitor-link.ts'

const methods = ['GET', 'HEAD']
const repositoriesPerPage = 20
const tagsPerRepository = 3
const tagsPerPage = 200

export interface PageSettings extends AddressSettings {
  /** There is something to search with. */
  readonly canSearch: boolean
  readonly cookies: CookieSettings
}

/** `/` and `/r/<repository>`, for people with a browser. */
export function createPagesDoor(registry: Registry, settings: PageSettings, report: Report): Door {
  const box = settings.canSearch ? searchForm() : ''
  const visitor = (exchange: Exchange, mayNeedLogin = registry.access.wantsCredentials): Markup | string =>
    visitorLink(exchange, {
      mayNeedLogin,
      hasSession: sessionCookieOf(exchange, settings.cookies) !== undefined,
    })
  const above = (exchange: Exchange): Markup => html`${visitor(exchange)}${box}`
  /** Whoever asks what cannot be answered keeps their question, to change it. */
  const search = async (
    exchange: Exchange,
    principal: Principal,
    { question, asked }: VisitorAsks,
  ): Promise<void> => {
    try {
      const result = await registry.search.search(principal, asked().request)
      sendPage(exchange, 200, resultsPage(question, result, visitor(exchange)))
    } catch (error) {
      if (!isRegistryError(error)) throw error
      reportFault(exchange, error, report)
      const form = settings.canSearch ? searchForm(question) : ''
      const text = unansweredPage(question, whyNot(error), html`${visitor(exchange)}${form}`)
      sendPage(exchange, statusOf(error.code), text, errorHeaders(error))
    }
  }
  const home = async (exchange: Exchange, principal: Principal): Promise<void> => {
    const asks = readQuestion(exchange.parameters)
    registry.access.authorizeListing(principal, asks && 'search')
    if (asks !== undefined) return await search(exchange, principal, asks)
    const last = exchange.parameters.get('last') || undefined
    const { names, more } = await registry.repositories.list(principal, {
      limit: repositoriesPerPage,
      ...(last === undefined ? {} : { last }),
    })
    const found = await Promise.all(names.map((name) => overviewIfThere(registry, name)))
    const view = {
      address: addressOf(exchange, settings, registry.access.wantsCredentials),
      repositories: found.filter((overview) => overview !== undefined),
      continued: last !== undefined,
      next: more ? names.at(-1) : undefined,
      search: above(exchange),
    }
    sendPage(exchange, 200, homePage(view))
  }

  const repository = async (exchange: Exchange, principal: Principal): Promise<void> => {
    const name = parseRepositoryName(exchange.path.split('/').slice(2).map(decodeSegment).join('/'))
    registry.access.authorize(principal, 'artifacts:read', name)
    const overview = await registry.repositories.overview(name, tagsPerPage)
    const address = addressOf(exchange, settings, registry.access.wantsCredentials)
    sendPage(exchange, 200, repositoryPage(address, overview, above(exchange)))
  }

  return {
    segments: ['', 'r'],
    rateClass: ({ path, search }) => (path === '/' && search !== '' ? 'search' : 'read'),
    handle: async (exchange) => {
      exchange.route = 'page'
      const { method } = exchange
      if (!methods.includes(method)) throw new RegistryError('method-unsupported', { method, allow: methods })
      const principal = await browserVisitorOf(exchange, registry.access, { cookies: settings.cookies })
      exchange.who = principal.kind === 'anonymous' ? undefined : describePrincipal(principal)
      await (exchange.path === '/' ? home(exchange, principal) : repository(exchange, principal))
    },
    fail: (exchange, error) => {
      const known = isRegistryError(error)
      reportFault(exchange, error, report)
      const headers = known ? errorHeaders(error) : []
      // Nobody may have been asked for yet, nor what they may do been read.
      const link = visitor(exchange, isRegistryError(error, 'unauthenticated'))
      const text = failurePage(error, exchange.requestId, html`${link}${box}`)
      sendPage(exchange, known ? statusOf(error.code) : 500, text, headers)
    },
  }
}

/** What is wrong with a box or a choice on the page needs no name of a parameter. */
function whyNot(error: RegistryError): string {
  if (!isRegistryError(error, 'parameter-invalid')) return error.message
  const { parameter, reason } = error.data
  return parameter === 'q' || parameter === 'kind' ? `This cannot be looked for: ${reason}` : error.message
}

/** A repository may go while the page is made. */
async function overviewIfThere(
  registry: Registry,
  name: Parameters<Registry['repositories']['overview']>[0],
): Promise<Awaited<ReturnType<Registry['repositories']['overview']>> | undefined> {
  try {
    return await registry.repositories.overview(name, tagsPerRepository)
  } catch (error) {
    if (isRegistryError(error, 'name-unknown')) return undefined
    throw error
  }
}

function sendPage(exchange: Exchange, status: number, text: string, headers: readonly string[] = []): void {
  send(exchange, status, [...pageHeaders, ...headers], text)
}
