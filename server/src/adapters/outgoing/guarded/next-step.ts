import { OutgoingError } from '../../../ports/outgoing/errors.ts'

/** One request on the way to an answer. */
export interface Step {
  readonly url: URL
  readonly method: string
  readonly headers: Headers
  readonly body: Uint8Array | undefined
}

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
/** What proves who asks is for nobody but who it was meant for. */
const secrets = ['authorization', 'cookie', 'proxy-authorization']
const ofBody = ['content-type', 'content-encoding', 'content-language', 'content-location', 'content-length']

/** Where the answer leads (Fetch Standard, "HTTP-redirect fetch"); undefined: it is the answer. @throws OutgoingError `refused` */
export function nextOf(
  { url, method, headers, body }: Step,
  { status, headers: told }: Response,
): Step | undefined {
  const location = told.get('location')
  if (!redirects.has(status) || location === null) return undefined
  const next = URL.parse(location, url)
  if (next === null) throw new OutgoingError('refused', 'it redirects to what is no address')
  if (url.protocol === 'https:' && next.protocol !== 'https:')
    throw new OutgoingError('refused', 'it redirects to where TLS does not protect what is said')
  const isAskedOnly =
    status === 303 ? method !== 'GET' && method !== 'HEAD' : status < 303 && method === 'POST'
  const kept = new Headers(headers)
  if (next.origin !== url.origin) for (const name of secrets) kept.delete(name)
  if (isAskedOnly) for (const name of ofBody) kept.delete(name)
  return {
    url: next,
    method: isAskedOnly ? 'GET' : method,
    headers: kept,
    body: isAskedOnly ? undefined : body,
  }
}
