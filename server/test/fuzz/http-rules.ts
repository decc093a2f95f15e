import assert from 'node:assert/strict'
import { transportStatuses } from '../../src/http/problem-code.ts'
import type { FuzzRequest } from './http-requests.ts'
import type { RawAnswer } from './http-wire.ts'

/** Distribution spec, "Error Codes". */
const specCodes: ReadonlySet<unknown> = new Set([
  ...[
    'BLOB_UNKNOWN',
    'BLOB_UPLOAD_INVALID',
    'BLOB_UPLOAD_UNKNOWN',
    'DIGEST_INVALID',
    'MANIFEST_BLOB_UNKNOWN',
  ],
  ...['MANIFEST_INVALID', 'MANIFEST_UNKNOWN', 'NAME_INVALID', 'NAME_UNKNOWN', 'SIZE_INVALID', 'UNAUTHORIZED'],
  ...['DENIED', 'UNSUPPORTED', 'TOOMANYREQUESTS'],
])

/** What must hold of every answer, whatever was asked. */
export function checkAnswer(request: FuzzRequest, { status, headers, body }: RawAnswer): void {
  assert.ok(status < 500, `${status}: ${body.toString()}`)
  assert.ok(headers.has('x-request-id'), `${status} without a request id`)
  if (isRefusedByTransport(headers, body)) {
    checkProblem(status, headers.get('content-type'), body)
    assert.ok([400, 408, 413, 417, 431].includes(status))
    return
  }
  const bodiless = request.method === 'HEAD' || status === 204 || status === 304
  if (!bodiless && !headers.has('transfer-encoding')) {
    assert.equal(headers.get('content-length'), String(body.length))
  }
  if (headers.get('content-type')?.startsWith('text/html') && headers.has('content-security-policy')) {
    assert.ok(!body.includes('<script'), 'the page holds what a visitor made up')
  }
  if (status < 400) return
  assert.match(headers.get('cache-control') ?? '', /no-store|no-cache/)
  if (status === 401) assert.match(headers.get('www-authenticate') ?? '', /^(?:Basic|Bearer) /)
  if (status === 405) assert.match(headers.get('allow') ?? '', /[A-Z]/)
  if (bodiless) return
  const door = /^(?:https?:\/\/[^/?#]*)?\/([^/?]*)/i.exec(request.target.trim())?.[1]
  if (door === 'v2') checkSpecErrors(headers.get('content-type'), body)
  else if (!ofPrograms.has(door ?? '') && isPageForBrowser(request, status, headers))
    assert.match(body.toString(), /There is nothing at this path/)
  else if (door !== '' && door !== 'r') checkProblem(status, headers.get('content-type'), body)
}

/** Where there are answers for programs, whatever they accept. */
const ofPrograms: ReadonlySet<string> = new Set([
  'api',
  'token',
  'oauth',
  '.well-known',
  'metrics',
  'healthz',
  'readyz',
])

/** Whoever goes to an address at which there is nothing, with a browser. */
function isPageForBrowser(
  { method, headers: sent }: FuzzRequest,
  status: number,
  headers: RawAnswer['headers'],
): boolean {
  const accepts = sent.some(([name, value]) => name.toLowerCase() === 'accept' && value.includes('text/html'))
  const isPage =
    headers.get('content-type') === 'text/html; charset=utf-8' && headers.has('content-security-policy')
  return status === 404 && method === 'GET' && accepts && isPage
}

/** What is refused before a door is asked, so in no protocol's own form. */
const transportCodes: ReadonlySet<unknown> = new Set(
  Object.entries(transportStatuses).flatMap(([code, status]) => (status < 500 ? [code] : [])),
)

function isRefusedByTransport(headers: RawAnswer['headers'], body: Buffer): boolean {
  if (headers.get('content-type') !== 'application/problem+json' || body.length === 0) return false
  return transportCodes.has((JSON.parse(body.toString()) as { code?: unknown }).code)
}

function checkSpecErrors(type: string | undefined, body: Buffer): void {
  assert.equal(type, 'application/json')
  const document: { errors?: { code?: unknown; message?: unknown }[] } = JSON.parse(body.toString())
  assert.deepEqual(Object.keys(document), ['errors'])
  assert.ok(Array.isArray(document.errors) && document.errors.length > 0)
  for (const { code, message, ...rest } of document.errors) {
    assert.ok(specCodes.has(code), `${code} is no code of the specification`)
    assert.ok(typeof message === 'string' && message !== '')
    assert.deepEqual(
      Object.keys(rest).filter((name) => name !== 'detail'),
      [],
    )
  }
}

/** RFC 9457. */
function checkProblem(status: number, type: string | undefined, body: Buffer): void {
  assert.equal(type, 'application/problem+json')
  const problem: { status?: unknown; title?: unknown } = JSON.parse(body.toString())
  assert.equal(problem.status, status)
  assert.ok(typeof problem.title === 'string' && problem.title !== '')
}
