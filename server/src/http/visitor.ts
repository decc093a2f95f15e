import { createHash, timingSafeEqual } from 'node:crypto'
import { isRegistryError, RegistryError } from '../domain/error.ts'
import type { Principal } from '../domain/principal.ts'
import { readBearer } from './bearer.ts'
import { readCredentials } from './credentials.ts'
import type { Exchange } from './exchange.ts'
import { type CookieSettings, sessionCookieOf } from './session-cookie.ts'
import { wrongCredentials } from './wrong-credentials.ts'

export interface Entrance {
  /** Reads the rights that decisions are made from, where they have changed; undefined: they have not. */
  ready(): Promise<void> | undefined
  /** Asks whether a name and a password belong together; undefined: they do not. */
  login(user: string, password: string, from?: string): Promise<Principal | undefined>
  /** Who comes with a token; at once where it was shown before. undefined: it is none, or not any more. */
  bearer(token: string, from?: string): Principal | undefined | Promise<Principal | undefined>
  /** The same principal, with where they come from, where that decides something. After `ready`. */
  placed(principal: Principal, from: string | undefined): Principal
}

/** Also knows who has logged in by a page. */
export interface BrowserEntrance extends Entrance {
  /** undefined: it is no session, or none any more. */
  session(token: string): Promise<Principal | undefined>
}

const anonymous: Principal = { kind: 'anonymous' }

/**
 * Who asks, by a token or by Basic credentials; nobody in particular without any. Then what they may can be decided.
 * @throws RegistryError `unauthenticated`: credentials that are none, or do not belong together, or a token that is not good;
 * `too-many-requests`
 */
export function visitorOf(exchange: Exchange, entrance: Entrance): Principal | Promise<Principal> {
  const found = countedVisitor(exchange, entrance)
  return found instanceof Promise
    ? found.then((principal) => placed(exchange, entrance, principal))
    : placed(exchange, entrance, found)
}

function placed({ address }: Exchange, entrance: Entrance, principal: Principal): Principal {
  return entrance.placed(principal, address)
}

function countedVisitor(exchange: Exchange, entrance: Entrance): Principal | Promise<Principal> {
  if (exchange.rateGate === undefined) return saidVisitor(exchange, entrance)
  try {
    const found = saidVisitor(exchange, entrance)
    if (!(found instanceof Promise)) return admitted(exchange, found)
    return found.then(
      (principal) => admitted(exchange, principal),
      (error: unknown) => turnedAway(exchange, error),
    )
  } catch (error) {
    return turnedAway(exchange, error)
  }
}

/** Counts who has said who they are, for doors that ask in a way of their own. @throws RegistryError `too-many-requests` */
export function admitted(exchange: Exchange, principal: Principal): Principal | Promise<Principal> {
  const admitting = exchange.rateGate?.admit(exchange, principal)
  return admitting === undefined ? principal : admitting.then(() => principal)
}

/**
 * Nobody in particular, whatever credentials come along: for doors where whoever asks says otherwise who they are, or not at all.
 * @throws RegistryError `too-many-requests`
 */
export async function strangerOf(exchange: Exchange, entrance: Entrance): Promise<Principal> {
  await entrance.ready()
  return placed(exchange, entrance, await admitted(exchange, anonymous))
}

/** Who says it wrongly is counted as who says nothing: else they could do so for ever. Throws at once or by its promise. */
export function turnedAway(exchange: Exchange, error: unknown): Promise<never> {
  if (!isRegistryError(error, 'unauthenticated')) throw error
  const admitting = exchange.rateGate?.admit(exchange, undefined)
  if (admitting === undefined) throw error
  return admitting.then(() => {
    throw error
  })
}

function saidVisitor(exchange: Exchange, entrance: Entrance): Principal | Promise<Principal> {
  const { authorization } = exchange.request.headers
  const token = readBearer(authorization)
  if (token !== undefined) return byToken(exchange, entrance, token)
  const credentials = readCredentials(authorization)
  if (credentials !== undefined) return login(exchange, entrance, credentials)
  const reading = entrance.ready()
  return reading === undefined ? anonymous : reading.then(() => anonymous)
}

/** Within this call where the token was shown before: it is in memory then. */
function byToken({ address }: Exchange, entrance: Entrance, token: string): Principal | Promise<Principal> {
  const found = entrance.bearer(token, address)
  if (found instanceof Promise) return found.then((principal) => known(principal, entrance))
  return known(found, entrance)
}

function known(principal: Principal | undefined, entrance: Entrance): Principal | Promise<Principal> {
  if (principal === undefined)
    throw new RegistryError('unauthenticated', {
      reason: 'the token is not good, or not any more',
      token: 'invalid',
    })
  const reading = entrance.ready()
  return reading === undefined ? principal : reading.then(() => principal)
}

async function login(
  { address }: Exchange,
  entrance: Entrance,
  { user, password }: { readonly user: string; readonly password: string },
): Promise<Principal> {
  const principal = await entrance.login(user, password, address)
  if (principal === undefined) throw wrongCredentials(password)
  await entrance.ready()
  return principal
}

/**
 * Again, once a body has come: whoever sends one may take minutes, and what they have come in by may be gone since.
 * @throws RegistryError `unauthenticated`, `too-many-requests`
 */
export async function requireStillLetIn(exchange: Exchange, entrance: Entrance): Promise<void> {
  await saidVisitor(exchange, entrance)
}

/** With a change that a session asks for, by whoever can read its pages (OWASP, "CSRF Prevention Cheat Sheet"). */
export const csrfHeader = 'x-lading-csrf'

/** What pages of a session have in their forms. Says nothing of the cookie that it is made of. */
export function csrfOf(token: string): string {
  return createHash('sha256').update(`csrf ${token}`).digest('base64url')
}

export function isCsrf(given: string, token: string): boolean {
  const [shown, wanted] = [given, csrfOf(token)].map((text) => createHash('sha256').update(text).digest())
  return shown !== undefined && wanted !== undefined && timingSafeEqual(shown, wanted)
}

/**
 * Who asks, by Basic credentials or by a session. A browser sends its cookie with whatever it is told to: a session that changes
 * something has to show besides that it could read a page; `isForm`: whoever reads the form looks.
 * @throws RegistryError `unauthenticated`, `denied`
 */
export async function browserVisitorOf(
  exchange: Exchange,
  entrance: BrowserEntrance,
  { cookies, isForm = false }: { readonly cookies: CookieSettings; readonly isForm?: boolean },
): Promise<Principal> {
  const isNamed = exchange.request.headers.authorization !== undefined
  const token = isNamed ? undefined : sessionCookieOf(exchange, cookies)
  if (token === undefined) return await visitorOf(exchange, entrance)
  const principal = await entrance.session(token)
  await entrance.ready()
  if (principal === undefined) return placed(exchange, entrance, await admitted(exchange, anonymous))
  const isReading = exchange.method === 'GET' || exchange.method === 'HEAD'
  if (!isReading && !isForm && !isCsrf(exchange.header(csrfHeader) ?? '', token))
    throw new RegistryError('denied', {
      action: exchange.method,
      reason: `a session that changes something sends the header ${csrfHeader}, which GET /api/v1/me tells`,
    })
  return placed(exchange, entrance, await admitted(exchange, principal))
}

/**
 * As `requireStillLetIn`, also of whoever came by a session.
 * @throws RegistryError `unauthenticated`, `too-many-requests`
 */
export async function requireStillVisitor(
  exchange: Exchange,
  entrance: BrowserEntrance,
  { principal, cookies }: { readonly principal: Principal; readonly cookies: CookieSettings },
): Promise<void> {
  if (principal.kind === 'anonymous') return
  if (exchange.request.headers.authorization !== undefined) return await requireStillLetIn(exchange, entrance)
  const token = sessionCookieOf(exchange, cookies)
  if (token !== undefined && (await entrance.session(token)) !== undefined) return
  throw new RegistryError('unauthenticated', { reason: 'log in again; your session has ended' })
}
