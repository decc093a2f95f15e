import type { Exchange } from './exchange.ts'
import { type CookieSettings, onlyCookie } from './session-cookie.ts'

/** As for sessions. `Lax`: a provider elsewhere sends the browser back, which brings it along (RFC 6265bis, 8.8.2). */
const secureName = '__Host-lading-sign-in'
const plainName = 'lading-sign-in'
const value = /^[\w.-]{1,2000}$/

/** What a browser keeps while it is at a provider. */
export function attemptCookieOf(exchange: Exchange, { isSecure }: CookieSettings): string | undefined {
  const only = onlyCookie(exchange, isSecure ? secureName : plainName)
  return only !== undefined && value.test(only) ? only : undefined
}

/** For `seconds`; 0 takes it away. */
export function setAttemptCookie(kept: string, { isSecure }: CookieSettings, seconds: number): string {
  const name = isSecure ? secureName : plainName
  return `${name}=${kept}; Path=/; ${isSecure ? 'Secure; ' : ''}HttpOnly; SameSite=Lax; Max-Age=${seconds}`
}
