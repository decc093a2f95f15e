import type { Registry } from '../../boot/registry.ts'
import { isRegistryError, RegistryError } from '../../domain/error.ts'
import { describePrincipal } from '../../domain/principal.ts'
import { attemptCookieOf, setAttemptCookie } from '../../http/attempt-cookie.ts'
import type { Door } from '../../http/door.ts'
import type { Exchange } from '../../http/exchange.ts'
import { type Report, reportFault } from '../../http/problem.ts'
import { readForm } from '../../http/read-form.ts'
import { RequestCaller } from '../../http/request-caller.ts'
import { type CookieSettings, sessionCookieOf } from '../../http/session-cookie.ts'
import { errorHeaders, statusOf } from '../../http/status.ts'
import { browserVisitorOf, isCsrf, requireStillVisitor, strangerOf } from '../../http/visitor.ts'
import { failurePage } from '../shared/failure.ts'
import { html } from '../shared/html.ts'
import { page } from '../shared/layout.ts'
import { entering } from './entering.ts'
import { safeNext } from './safe-next.ts'
import { redirect, sendPage } from './send-page.ts'

export interface SignInDoorSettings {
  readonly cookies: CookieSettings
  readonly formBytes: number
  /** Where the registry is, for whoever asks; undefined: it is not certain. */
  readonly addressOf: (exchange: Exchange) => string | undefined
}

const form = /^\/sign-in\/(?<provider>[a-z0-9-]{1,40})(?<back>\/callback)?$/
/** As long as an attempt is good, s. */
const attemptSeconds = 600

interface Asked {
  readonly exchange: Exchange
  readonly provider: string
  /** Where the browser comes back to. */
  readonly redirectUri: string
}

/**
 * `/sign-in/<provider>` sends a browser to a provider elsewhere, and `/sign-in/<provider>/callback` is where it comes back to.
 * By POST, of a session, the identity there is linked with the account here.
 */
export function createSignInDoor(
  registry: Pick<Registry, 'access' | 'accounts' | 'factors' | 'outside'>,
  { cookies, formBytes, addressOf }: SignInDoorSettings,
  report: Report,
): Door {
  const { access, outside } = registry
  const { enter } = entering(registry, cookies)
  const setAttempt = (kept: string, seconds: number): readonly string[] => [
    'Set-Cookie',
    setAttemptCookie(kept, cookies, seconds),
  ]

  const begin = async ({ exchange, provider, redirectUri }: Asked): Promise<void> => {
    await strangerOf(exchange, access)
    const next = safeNext(exchange.parameters.get('next') ?? undefined)
    const { address, kept } = await outside.begin(provider, { redirectUri, next })
    redirect(exchange, address, setAttempt(kept, attemptSeconds))
  }

  /** A page with a link, since a form may not lead to another site (`form-action`). */
  const beginLink = async ({ exchange, provider, redirectUri }: Asked): Promise<void> => {
    const principal = await browserVisitorOf(exchange, access, { cookies, isForm: true })
    const token = sessionCookieOf(exchange, cookies)
    const isOfSession = principal.kind === 'user' && principal.via?.kind === 'session'
    if (!isOfSession || token === undefined)
      throw new RegistryError('unauthenticated', { reason: 'log in again; your session has ended' })
    exchange.who = describePrincipal(principal)
    const sent = await readForm(exchange, ['csrf'], formBytes)
    if (!isCsrf(sent.get('csrf') ?? '', token))
      throw new RegistryError('denied', { action: exchange.path, reason: 'the form is not of your session' })
    await requireStillVisitor(exchange, access, { principal, cookies })
    const about = { redirectUri, next: '/account', user: principal.name }
    const { address, kept } = await outside.begin(provider, about)
    const title = outside.providers.find(({ name }) => name === provider)?.title ?? provider
    const text = page(
      `${title} · Lading`,
      html`<h1>Link an account of ${title}</h1><p>Whoever signs in with it there is ${principal.name} here from then on.</p><p><a href="${address}">Go on to ${title}</a></p>`,
      undefined,
    )
    sendPage(exchange, 200, text, setAttempt(kept, attemptSeconds))
  }

  const comeBack = async ({ exchange, provider, redirectUri }: Asked): Promise<void> => {
    const principal = await browserVisitorOf(exchange, access, { cookies })
    const caller = new RequestCaller(principal, exchange)
    const kept = attemptCookieOf(exchange, cookies) ?? ''
    const query = exchange.parameters
    const { user, next, isNew } = await outside.finish(caller, { provider, redirectUri, query, kept })
    exchange.who = `user:${user}`
    const token = sessionCookieOf(exchange, cookies)
    // Who vouches for them elsewhere knows nothing of a second factor here.
    await enter({ exchange, principal, caller, token }, user, {
      next: isNew ? '/account' : safeNext(next),
      more: setAttempt('', 0),
    })
  }

  return {
    segments: ['sign-in'],
    // Each of them may ask a provider.
    rateClass: () => 'login',
    handle: async (exchange) => {
      const { method, path } = exchange
      const { provider, back } = form.exec(path)?.groups ?? {}
      exchange.route = back === undefined ? 'sign-in' : 'sign-in-back'
      if (provider === undefined)
        throw new RegistryError('path-unknown', { path, reason: 'no page is there' })
      const allow = back === undefined ? ['GET', 'POST'] : ['GET']
      if (!allow.includes(method)) throw new RegistryError('method-unsupported', { method, allow })
      const own = addressOf(exchange)
      if (own === undefined)
        throw new RegistryError('unsupported', {
          what: 'signing in elsewhere, while it is not certain how this registry is reached (publicUrl),',
        })
      const asked = { exchange, provider, redirectUri: `${own}/sign-in/${provider}/callback` }
      if (back !== undefined) await comeBack(asked)
      else if (method === 'POST') await beginLink(asked)
      else await begin(asked)
    },
    // Without a challenge: a browser would ask for a password.
    fail: (exchange, error) => {
      reportFault(exchange, error, report)
      const known = isRegistryError(error) ? error : undefined
      const isChallenged = known === undefined || known.code === 'unauthenticated'
      const text = failurePage(error, exchange.requestId, undefined)
      sendPage(exchange, known ? statusOf(known.code) : 500, text, isChallenged ? [] : errorHeaders(known))
    },
  }
}
