import { isRegistryError } from '../../domain/error.ts'
import { parseRepositoryName } from '../../domain/repository-name.ts'
import { decodeSegment, type Exchange } from '../../http/exchange.ts'
import { sendNotFound } from '../../http/problem.ts'
import { send } from '../../http/send.ts'
import { html, type Markup } from '../shared/html.ts'
import { page, pageHeaders } from '../shared/layout.ts'

/**
 * Answers what no door has a path for: whoever reads in a browser gets a page, a program the problem document. Looks nothing
 * up, so that whoever tries paths learns nothing.
 */
export function answerNowhere(exchange: Exchange): void {
  if (!wantsPage(exchange)) sendNotFound(exchange)
  else
    send(
      exchange,
      404,
      [...pageHeaders, 'Cache-Control', 'no-store', 'Vary', 'Accept'],
      nowherePage(exchange),
    )
}

/** Browsers name HTML where somebody has gone to an address; no client of a registry does. */
function wantsPage({ method, request }: Exchange): boolean {
  return (method === 'GET' || method === 'HEAD') && (request.headers.accept ?? '').includes('text/html')
}

function nowherePage({ path, requestId }: Exchange): string {
  return page(
    'Nothing here · Lading',
    html`<h1>There is nothing at this path</h1>
${repositoryLink(path)}<p class="soft">Request <code>${requestId}</code></p>
<nav aria-label="Pages"><a href="/">To the start</a></nav>`,
    undefined,
  )
}

/** Whoever types what they pull has left out the first segment. */
function repositoryLink(path: string): Markup | '' {
  const name = repositoryAt(path)
  return name === undefined
    ? ''
    : html`<p>If it is a repository, its page is <a href="/r/${name}">/r/${name}</a>.</p>
`
}

function repositoryAt(path: string): string | undefined {
  try {
    const typed = path.split('/').filter(Boolean).map(decodeSegment).join('/')
    return parseRepositoryName(typed.split(/[:@]/, 1)[0] ?? '')
  } catch (error) {
    if (isRegistryError(error)) return undefined
    throw error
  }
}
