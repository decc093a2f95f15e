import type { Registry } from '../../boot/registry.ts'
import {
  type CookieSettings,
  clearStepCookie,
  setSessionCookie,
  setStepCookie,
} from '../../http/session-cookie.ts'
import type { Asked } from './form-page.ts'
import { redirect } from './send-page.ts'

/** How a browser becomes somebody. */
export interface Entering {
  /**
   * Under a session that nobody had before, or by a second step first. `epoch`: that of the account whose password was shown;
   * `more`: headers besides.
   */
  enter(
    asked: Asked,
    user: string,
    to: { readonly next: string; readonly epoch?: number; readonly more?: readonly string[] },
  ): Promise<void>
  /** In place of the session that they have, which has ended by what they did. @returns the header of its cookie */
  renew(asked: Asked, user: string): Promise<readonly string[]>
  /** Whoever has shown a second factor goes on. */
  entered(asked: Asked, session: string, next: string): void
}

export const agentOf = ({ exchange }: Asked): string => exchange.header('user-agent') ?? ''

/** What the browser had before is given up. */
export const beforeOf = ({ token }: Asked): { readonly before?: string } =>
  token === undefined ? {} : { before: token }

export function entering(
  { accounts, factors }: Pick<Registry, 'accounts' | 'factors'>,
  cookies: CookieSettings,
): Entering {
  return {
    async enter(asked, user, { next, epoch, more = [] }) {
      const begun = { user, agent: agentOf(asked), ...beforeOf(asked), ...(epoch !== undefined && { epoch }) }
      const entered = await factors.enter(asked.caller, begun)
      if ('session' in entered)
        redirect(asked.exchange, next, [
          ...['Set-Cookie', setSessionCookie(entered.session, cookies)],
          ...more,
        ])
      else
        redirect(asked.exchange, `/login/second?${new URLSearchParams({ next })}`, [
          ...['Set-Cookie', setStepCookie(entered.half, cookies)],
          ...more,
        ])
    },
    async renew(asked, user) {
      const begun = { user, agent: agentOf(asked), ...beforeOf(asked) }
      const session = await accounts.beginSession(asked.caller, begun)
      return ['Set-Cookie', setSessionCookie(session, cookies)]
    },
    entered({ exchange }, session, next) {
      redirect(exchange, next, [
        ...['Set-Cookie', setSessionCookie(session, cookies)],
        ...['Set-Cookie', clearStepCookie(cookies)],
      ])
    },
  }
}
