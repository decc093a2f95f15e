import type { Exchange } from '../../http/exchange.ts'
import { html, type Markup } from '../shared/html.ts'

export interface VisitorAt {
  /** Somebody may do more here than who is not logged in. */
  readonly mayNeedLogin: boolean
  readonly hasSession: boolean
}

/** The way to one's account, or to the page where one logs in, which leads back. Users of the configuration have no account. */
export function visitorLink(exchange: Exchange, { mayNeedLogin, hasSession }: VisitorAt): Markup | string {
  const name = exchange.who?.startsWith('user:') ? exchange.who.slice('user:'.length) : undefined
  if (name !== undefined) return hasSession ? link('/account', name) : ''
  if (exchange.who !== undefined || !mayNeedLogin) return ''
  const here = exchange.search === '' ? exchange.path : `${exchange.path}?${exchange.search}`
  return link(
    here === '/' ? '/login' : `/login?next=${encodeURIComponent(here).replaceAll('%2F', '/')}`,
    'Log in',
  )
}

function link(to: string, text: string): Markup {
  return html`<nav class="visitor" aria-label="Account"><a href="${to}">${text}</a></nav>
`
}
