import { isRegistryError, RegistryError } from '../../domain/error.ts'
import type { Door } from '../../http/door.ts'
import { type Report, reportFault } from '../../http/problem.ts'
import {
  type ProblemCode,
  problemTitle,
  problemType,
  type TransportCode,
  transportStatuses,
} from '../../http/problem-code.ts'
import { send } from '../../http/send.ts'
import { errorHeaders, statusOf } from '../../http/status.ts'
import { failurePage } from '../shared/failure.ts'
import { html } from '../shared/html.ts'
import { page, pageHeaders } from '../shared/layout.ts'
import { explanations } from './explanations.ts'

const methods = ['GET', 'HEAD']
const prefix = '/problems/'

/** `/problems` and a page for each: what the `type` of a problem leads to. */
export function createProblemsDoor(report: Report): Door {
  return {
    segments: ['problems'],
    handle: (exchange) => {
      exchange.route = 'page'
      const { method, path } = exchange
      if (!methods.includes(method)) throw new RegistryError('method-unsupported', { method, allow: methods })
      const code = path.startsWith(prefix) ? path.slice(prefix.length) : ''
      if (path === '/problems' || path === prefix) send(exchange, 200, [...pageHeaders], listPage())
      else if (isProblemCode(code)) send(exchange, 200, [...pageHeaders], problemPage(code))
      else throw new RegistryError('path-unknown', { path, reason: 'all problems are listed at /problems' })
    },
    fail: (exchange, error) => {
      reportFault(exchange, error, report)
      const known = isRegistryError(error)
      const headers = [...pageHeaders, ...(known ? errorHeaders(error) : [])]
      const text = failurePage(error, exchange.requestId, undefined)
      send(exchange, known ? statusOf(error.code) : 500, headers, text)
    },
  }
}

/** In the order of the alphabet, which is how they are looked for. */
export const problemCodes: readonly ProblemCode[] = (Object.keys(explanations) as ProblemCode[]).toSorted()

export function problemStatus(code: ProblemCode): number {
  return isTransportCode(code) ? transportStatuses[code] : statusOf(code)
}

const isTransportCode = (code: ProblemCode): code is TransportCode => Object.hasOwn(transportStatuses, code)

const isProblemCode = (text: string): text is ProblemCode => Object.hasOwn(explanations, text)

function problemPage(code: ProblemCode): string {
  const title = problemTitle(code)
  const { means, mend } = explanations[code]
  return page(
    `${title} · Lading`,
    html`<h1>${title}</h1>
<p class="soft"><code>${code}</code> · HTTP status ${problemStatus(code)}</p>
<p>${means}</p>
<h2>What to do</h2>
<p>${mend}</p>
<p class="soft">The answer that led here has a request id, by which whoever runs the registry finds it in the log.</p>
<nav aria-label="Pages"><a href="/problems">All problems</a></nav>`,
    undefined,
  )
}

function listPage(): string {
  const items = problemCodes.map(
    (code) =>
      html`<li><h3><a href="${problemType(code)}">${problemTitle(code)}</a></h3>
<p class="none soft"><code>${code}</code> · HTTP status ${problemStatus(code)}</p></li>`,
  )
  return page(
    'Problems · Lading',
    html`<h1>Problems</h1><p>What the registry may answer instead of what was asked for. Codes stay the same.</p>
<ul class="sheet list">${items}</ul>`,
    undefined,
  )
}
