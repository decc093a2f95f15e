import type { Audit } from '../../boot/compose/audit.ts'
import type { Registry } from '../../boot/registry.ts'
import { shownEntry } from '../../core/audit/shown-entry.ts'
import { RegistryError } from '../../domain/error.ts'
import { sendHead, sendStream } from '../../http/send.ts'
import { StrictParameters } from '../../http/strict-parameters.ts'
import { answerJson } from '../shared/answer.ts'
import type { ApiCall, ApiRoute } from '../shared/route.ts'
import { readAuditFilters, readAuditPage } from './read-query.ts'

const exportedAtOnce = 1000
const headsShown = 100

/** What was done: `/api/v1/audit`. See the guide to it for the parameters. */
export function auditRoutes({ audit }: Pick<Registry, 'audit'>): readonly ApiRoute[] {
  const route = (path: string, name: string, handle: (call: ApiCall) => Promise<void>): ApiRoute => ({
    method: 'GET',
    path: `/api/v1/audit${path}`,
    name,
    admits: 'deciding',
    needs: [{ permission: 'audit:read', of: path === '' || path === '/export' ? 'namespace' : 'registry' }],
    handle,
  })
  return [
    route('', 'audit', async ({ exchange, caller }) => {
      const { entries, next } = await audit.list(caller, readAuditPage(exchange.parameters))
      answerJson(exchange, 200, {
        entries: entries.map(shownEntry),
        ...(next !== undefined && { next }),
      })
    }),
    route('/export', 'audit-export', (call) => answerExport(call, audit)),
    route('/heads', 'audit-heads', async ({ exchange, caller }) => {
      const read = new StrictParameters(exchange.parameters, ['limit'])
      answerJson(exchange, 200, await audit.heads(caller, read.whole('limit', 1, 1000) ?? headsShown))
    }),
    route('/verify', 'audit-verify', async ({ exchange, caller }) => {
      const expect = readExpect(new StrictParameters(exchange.parameters, ['expect']).text('expect'))
      answerJson(exchange, 200, await audit.verify(caller, expect))
    }),
  ]
}

/** Lines of JSON, the oldest entry first. What the first page refuses is still answered as an error. */
async function answerExport({ exchange, caller }: ApiCall, audit: Audit): Promise<void> {
  const query = { ...readAuditFilters(exchange.parameters), limit: exportedAtOnce, oldestFirst: true }
  const first = await audit.list(caller, query)
  const headers = ['Content-Type', 'application/x-ndjson', 'Cache-Control', 'private, no-store']
  headers.push('Vary', 'Authorization', 'X-Content-Type-Options', 'nosniff')
  if (exchange.method === 'HEAD') return sendHead(exchange, 200, headers)
  const pages = async function* (): AsyncGenerator<Uint8Array, void> {
    for (let page = first; ; page = await audit.list(caller, { ...query, after: page.next })) {
      if (page.entries.length > 0)
        yield Buffer.from(page.entries.map((entry) => `${JSON.stringify(shownEntry(entry))}\n`).join(''))
      if (page.next === undefined) return
    }
  }
  await sendStream(exchange, 200, headers, pages())
}

function readExpect(text: string | undefined): Parameters<Audit['verify']>[1] {
  if (text === undefined) return {}
  const match = /^([1-9]\d{0,14}):([0-9a-f]{64})$/.exec(text)
  if (match !== null) return { expect: { seq: Number(match[1]), hash: match[2] ?? '' } }
  throw new RegistryError('parameter-invalid', {
    parameter: 'expect',
    reason: 'it is not the number of an entry and its hash, such as 17:<64 hex digits>',
  })
}
