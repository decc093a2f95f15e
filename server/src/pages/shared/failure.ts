import { isRegistryError } from '../../domain/error.ts'
import { html, type Markup } from './html.ts'
import { page } from './layout.ts'

/** What went wrong, for a person. Of what nobody foresaw, only how to find it in the log. */
export function failurePage(error: unknown, requestId: string, search: Markup | undefined): string {
  const title = isRegistryError(error, 'unauthenticated') ? 'Please log in' : 'This did not work'
  const message = isRegistryError(error)
    ? error.message
    : `Lading failed to answer; its log says more about the request ${requestId}.`
  return page(
    `${title} · Lading`,
    html`<h1>${title}</h1><p>${message}</p><nav aria-label="Pages"><a href="/">To the start</a></nav>`,
    search,
  )
}
