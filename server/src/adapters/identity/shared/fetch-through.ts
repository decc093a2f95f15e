import type { Outgoing, OutgoingRequest } from '../../../ports/outgoing/outgoing.ts'

/** As libraries ask: a `fetch`, whose body may be of any sort. */
interface LibraryRequest extends Omit<OutgoingRequest, 'body' | 'redirect'> {
  readonly body?: unknown
}

/** What libraries ask goes out as everything else does, and nobody who answers sends it elsewhere. @throws OutgoingError */
export function fetchThrough(
  outgoing: Outgoing,
): (url: string, request: LibraryRequest) => Promise<Response> {
  return async (url, { body, ...request }) =>
    await outgoing.fetch(url, { ...request, body: bodyOf(body), redirect: 'error' })
}

function bodyOf(body: unknown): OutgoingRequest['body'] {
  if (body == null || typeof body === 'string') return body
  if (body instanceof Uint8Array || body instanceof URLSearchParams) return body
  throw new TypeError('a body of this sort is not sent')
}
