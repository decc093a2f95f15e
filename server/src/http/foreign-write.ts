import { RegistryError } from '../domain/error.ts'
import type { Exchange } from './exchange.ts'

/**
 * Refuses what another web site makes a visitor's browser send. A registry that listens on its owner's machine alone
 * can still be reached by every page that the owner opens, and a POST of plain text is sent without asking the server
 * first (Fetch Standard, "CORS-safelisted method"). Browsers say where a request comes from: in Sec-Fetch-Site (Fetch
 * Metadata, section 2.3; `none` is the person at the address bar) and, older ones too, in Origin (RFC 6454 section 7),
 * which a page can neither leave out nor choose. Clients of the command line send neither, and are not asked.
 * @throws RegistryError `denied`
 */
export function refuseForeignWrite(exchange: Exchange): void {
  const { method } = exchange
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return
  const site = exchange.header('sec-fetch-site')
  const origin = exchange.header('origin')
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw refused(method)
  // A page that names nobody says no origin either (Fetch Standard, "append a request Origin header").
  if (origin === 'null' && site === 'same-origin') return
  if (origin !== undefined && !isOwn(origin, exchange.host)) throw refused(method)
}

/** Host and port alone: behind a proxy that ends TLS, the scheme here is not that of the page. */
function isOwn(origin: string, host: string | undefined): boolean {
  if (host === undefined || !URL.canParse(origin)) return false
  const page = new URL(origin)
  // Either may leave out the port that belongs to its scheme.
  const asked = `${page.protocol}//${host}`
  return page.host !== '' && URL.canParse(asked) && new URL(asked).host === page.host
}

function refused(method: string): RegistryError {
  return new RegistryError('denied', { action: method, reason: 'the request was made by another web site' })
}
