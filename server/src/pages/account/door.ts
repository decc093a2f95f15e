import type { Registry } from '../../boot/registry.ts'
import { isRegistryError, RegistryError } from '../../domain/error.ts'
import { describePrincipal } from '../../domain/principal.ts'
import type { Door } from '../../http/door.ts'
import type { Exchange } from '../../http/exchange.ts'
import { type Report, reportFault } from '../../http/problem.ts'
import { readForm } from '../../http/read-form.ts'
import { RequestCaller } from '../../http/request-caller.ts'
import { type CookieSettings, clearSessionCookie, sessionCookieOf } from '../../http/session-cookie.ts'
import { errorHeaders, statusOf } from '../../http/status.ts'
import { browserVisitorOf, isCsrf, requireStillVisitor } from '../../http/visitor.ts'
import { failurePage } from '../shared/failure.ts'
import { devicePage } from './device-page.ts'
import { entering } from './entering.ts'
import {
  type Asked,
  type Form,
  type FormPage,
  fieldsOf,
  need,
  requireSession,
  sessionOf,
} from './form-page.ts'
import {
  accountPage,
  forgottenPage,
  forgottenSaidPage,
  loginPage,
  passwordPage,
  saidPage,
  setupPage,
  verifyPage,
} from './forms.ts'
import { keyPages } from './key-pages.ts'
import { safeNext } from './safe-next.ts'
import { factorPages, stepPages } from './second-pages.ts'
import { redirect, type Shown, sendPage } from './send-page.ts'

export interface AccountPageSettings {
  readonly cookies: CookieSettings
  /** Of a form, in bytes. */
  readonly formBytes: number
  /** A mail server is named; without one letters go into the log. */
  readonly sendsMail: boolean
}

/** `/setup`, `/login`, `/password`, `/account` and `/device`: what people do with a browser before, and about, being somebody. */
export function createAccountDoor(
  registry: Pick<Registry, 'access' | 'accounts' | 'factors' | 'outside'>,
  { cookies, formBytes, sendsMail }: AccountPageSettings,
  report: Report,
): Door {
  const { access, accounts, outside } = registry
  const ways = entering(registry, cookies)
  const { enter, renew } = ways
  const pages: Readonly<Record<string, FormPage>> = {
    ...stepPages(registry, ways, cookies),
    ...factorPages(registry, ways),
    ...keyPages(registry),
    '/setup': {
      fields: ['token', 'name', 'email', 'password'],
      isOfSession: false,
      show: ({ exchange }, problem, form) =>
        setupPage(fieldsOf(exchange, form, ['token', 'name', 'email']), problem),
      async done(asked, form) {
        const name = need(form, 'name')
        const given = { token: tokenOf(form), name, password: need(form, 'password') }
        await accounts.setUp(asked.caller, { ...given, email: form.get('email') ?? '' })
        await enter(asked, name, { next: '/account' })
      },
    },
    '/password': {
      fields: ['token', 'password'],
      isOfSession: false,
      show: ({ exchange }, problem, form) => passwordPage(fieldsOf(exchange, form, ['token']), problem),
      async done(asked, form) {
        const given = { token: tokenOf(form), password: need(form, 'password') }
        await enter(asked, await accounts.setPasswordByLink(asked.caller, given), { next: '/account' })
      },
    },
    '/login': {
      fields: ['name', 'password', 'next'],
      isOfSession: false,
      show: ({ exchange }, problem, form) =>
        loginPage(fieldsOf(exchange, form, ['name', 'next']), problem, outside.providers),
      async done(asked, form) {
        const { exchange } = asked
        // A key is not for browsers, and who stands in the configuration alone has no account to have sessions of.
        const found = await access.firstStep(need(form, 'name'), need(form, 'password'), exchange.address)
        if (found === undefined)
          throw new RegistryError('unauthenticated', { reason: 'name and password do not belong together' })
        await enter(asked, found.user, { next: safeNext(form.get('next')), epoch: found.epoch })
      },
    },
    '/forgotten': {
      fields: ['name'],
      isOfSession: false,
      show: ({ exchange }, problem, form) =>
        forgottenPage(fieldsOf(exchange, form, ['name']), problem, sendsMail),
      async done({ exchange }, form) {
        await accounts.requestReset(need(form, 'name'))
        sendPage(exchange, 200, forgottenSaidPage(sendsMail))
      },
    },
    '/verify': {
      fields: ['token'],
      isOfSession: false,
      show: ({ exchange }, problem, form) => verifyPage(fieldsOf(exchange, form, ['token']), problem),
      async done({ exchange, caller }, form) {
        await accounts.verifyEmail(caller, need(form, 'token'))
        sendPage(exchange, 200, saidPage('Thank you', 'The address is yours.'))
      },
    },
    '/logout': {
      fields: ['csrf'],
      isOfSession: true,
      is: 'sent',
      show: () => loginPage(new Map(), undefined, outside.providers),
      async done({ exchange, caller }) {
        await accounts.endSessions(caller, 'this')
        redirect(exchange, '/', ['Set-Cookie', clearSessionCookie(cookies)])
      },
    },
    '/account': {
      fields: ['csrf', 'before', 'after'],
      isOfSession: true,
      async show(asked, problem) {
        const session = sessionOf(asked)
        if (session === undefined)
          return loginPage(new Map([['next', '/account']]), undefined, outside.providers)
        const view = {
          name: session.user,
          sessions: await accounts.listSessions(asked.caller),
          csrf: session.csrf,
          ...{ identities: await outside.identities(asked.caller), providers: outside.providers },
        }
        return accountPage(view, problem)
      },
      async done(asked, form) {
        await accounts.changePassword(asked.caller, {
          before: need(form, 'before'),
          after: need(form, 'after'),
        })
        redirect(asked.exchange, '/account', await renew(asked, requireSession(asked).user))
      },
    },
    '/account/unlink': {
      fields: ['csrf', 'id'],
      isOfSession: true,
      is: 'sent',
      show: () => saidPage('Not unlinked', 'Go back to your account and try again.'),
      async done({ exchange, caller }, form) {
        await outside.unlink(caller, need(form, 'id'))
        redirect(exchange, '/account', [])
      },
    },
    '/device': devicePage(outside),
  }

  /** What is said above the form of whoever has sent it. */
  const mended = new WeakMap<Exchange, Shown>()

  const answerForm = async (page: FormPage, asked: Asked): Promise<void> => {
    const { exchange, principal, token } = asked
    const form = await readForm(exchange, page.fields, formBytes)
    if (page.isOfSession) {
      if (principal.kind === 'anonymous' || token === undefined)
        throw new RegistryError('unauthenticated', { reason: 'log in again; your session has ended' })
      if (!isCsrf(form.get('csrf') ?? '', token))
        throw new RegistryError('denied', {
          action: exchange.path,
          reason: 'the form is not of your session',
        })
      await requireStillVisitor(exchange, access, { principal, cookies })
    }
    try {
      await page.done(asked, form)
    } catch (error) {
      if (!isRegistryError(error)) throw error
      mended.set(exchange, await page.show(asked, error.message, form))
      // Whoever notes refusals hears of this one by `fail`, as of every other.
      throw error
    }
  }

  return {
    segments: ['setup', 'password', 'login', 'logout', 'account', 'forgotten', 'verify', 'device'],
    rateClass: ({ method }) => (method === 'POST' ? 'login' : 'read'),
    handle: async (exchange) => {
      exchange.route = 'account-page'
      const page = Object.hasOwn(pages, exchange.path) ? pages[exchange.path] : undefined
      if (page === undefined)
        throw new RegistryError('path-unknown', { path: exchange.path, reason: 'no page is there' })
      const { method } = exchange
      const allow = [...(page.is === 'sent' ? [] : ['GET', 'HEAD']), ...(page.is === 'shown' ? [] : ['POST'])]
      if (!allow.includes(method)) throw new RegistryError('method-unsupported', { method, allow })
      const principal = await browserVisitorOf(exchange, access, { cookies, isForm: true })
      exchange.who = principal.kind === 'anonymous' ? undefined : describePrincipal(principal)
      const token = principal.kind === 'anonymous' ? undefined : sessionCookieOf(exchange, cookies)
      const asked = { exchange, principal, caller: new RequestCaller(principal, exchange), token }
      if (method === 'POST') await answerForm(page, asked)
      else sendPage(exchange, 200, await page.show(asked))
    },
    fail: (exchange, error) => {
      reportFault(exchange, error, report)
      const known = isRegistryError(error)
      const form = mended.get(exchange)
      const shown = form ?? failurePage(error, exchange.requestId, undefined)
      // A browser that is asked for Basic credentials would ask its user, over the form.
      const isAsking = form !== undefined && isRegistryError(error, 'unauthenticated')
      const headers = known && !isAsking ? errorHeaders(error) : []
      sendPage(exchange, known ? statusOf(error.code) : 500, shown, headers)
    },
  }
}

/** Who has come without a link hears what they do whose link opens nothing. */
const tokenOf = (form: Form): string => form.get('token') ?? ''
