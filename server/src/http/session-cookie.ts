import type { Exchange } from './exchange.ts'

/** `__Host-` (RFC 6265bis, 4.1.3.2): set over TLS by this very host, for all of its paths. Browsers refuse it otherwise. */
const securePrefix = '__Host-'
const sessionName = 'lading-session'
/** Of who has shown a password, and not yet a second factor: another name, so that nobody takes it for a session. */
const stepName = 'lading-step'
const value = /^[0-9A-Za-z]{1,128}$/

/** How a browser reaches this registry: over TLS, here or at a proxy before it. */
export interface CookieSettings {
  readonly isSecure: boolean
}

/** What the browser has of a session; undefined: nothing, or two that differ, one of which is somebody else's. */
export function sessionCookieOf(exchange: Exchange, settings: CookieSettings): string | undefined {
  return cookieOf(exchange, sessionName, settings)
}

/** The same of the first step of a login. */
export function stepCookieOf(exchange: Exchange, settings: CookieSettings): string | undefined {
  return cookieOf(exchange, stepName, settings)
}

/** No script reads it, and no other site sends it with what changes something (`SameSite`). Ends with the browser. */
export function setSessionCookie(token: string, settings: CookieSettings): string {
  return setCookie(sessionName, token, settings)
}

export function clearSessionCookie(settings: CookieSettings): string {
  return `${setSessionCookie('', settings)}; Max-Age=0`
}

export function setStepCookie(token: string, settings: CookieSettings): string {
  return setCookie(stepName, token, settings)
}

export function clearStepCookie(settings: CookieSettings): string {
  return `${setStepCookie('', settings)}; Max-Age=0`
}

function cookieOf(exchange: Exchange, name: string, { isSecure }: CookieSettings): string | undefined {
  const only = onlyCookie(exchange, isSecure ? securePrefix + name : name)
  return only !== undefined && value.test(only) ? only : undefined
}

/** undefined: nothing, or two that differ. */
export function onlyCookie(exchange: Exchange, wanted: string): string | undefined {
  const header = exchange.header('cookie')
  if (header === undefined || exchange.isShared) return undefined
  const found = new Set<string>()
  for (const pair of header.split(';')) {
    const at = pair.indexOf('=')
    if (at !== -1 && pair.slice(0, at).trim() === wanted) found.add(pair.slice(at + 1).trim())
  }
  const [only] = found
  return found.size === 1 ? only : undefined
}

function setCookie(name: string, token: string, { isSecure }: CookieSettings): string {
  return isSecure
    ? `${securePrefix}${name}=${token}; Path=/; Secure; HttpOnly; SameSite=Lax`
    : `${name}=${token}; Path=/; HttpOnly; SameSite=Lax`
}
