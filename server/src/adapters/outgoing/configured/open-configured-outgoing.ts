import { OutgoingError } from '../../../ports/outgoing/errors.ts'
import type { Outgoing, OutgoingRequest } from '../../../ports/outgoing/outgoing.ts'

export interface ConfiguredOutgoingOptions {
  /** ms, for everything: names, and the answer to its end. */
  readonly timeoutMs: number
  readonly maxBytes: number
}

/**
 * Asks what the operator has configured, wherever that is: an issuer may well be a machine next door. Redirects are never followed:
 * whoever answers does not say where the secrets of a request go next.
 */
export function openConfiguredOutgoing({ timeoutMs, maxBytes }: ConfiguredOutgoingOptions): Outgoing {
  return {
    fetch: async (url, request = {}) => {
      const late = AbortSignal.timeout(timeoutMs)
      const signal = request.signal == null ? late : AbortSignal.any([late, request.signal])
      try {
        const answer = await fetch(url, askedOnce(request, signal))
        if (request.redirect !== 'manual' && leadsElsewhere(answer)) {
          await answer.body?.cancel()
          throw new OutgoingError('refused', `${String(url)} leads elsewhere, which is not followed`)
        }
        return await whole(answer, maxBytes)
      } catch (cause) {
        if (cause instanceof OutgoingError) throw cause
        if (late.aborted) throw new OutgoingError('timeout', 'there was no whole answer in time', { cause })
        if (signal.aborted) throw signal.reason
        throw new OutgoingError('unreachable', `${String(url)} does not answer`, { cause })
      }
    },
  }
}

const leadsElsewhere = ({ status, headers }: Response): boolean =>
  status >= 300 && status < 400 && headers.has('location')

function askedOnce({ method, headers, body }: OutgoingRequest, signal: AbortSignal): RequestInit {
  return {
    ...(method !== undefined && { method }),
    ...(headers !== undefined && { headers: new Headers(headers) }),
    ...(body != null && { body: body instanceof Uint8Array ? Uint8Array.from(body) : body }),
    redirect: 'manual',
    signal,
  }
}

async function whole(answer: Response, maxBytes: number): Promise<Response> {
  const { status, statusText, headers } = answer
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of answer.body ?? []) {
    length += chunk.length
    if (length > maxBytes) throw new OutgoingError('too-large', `the answer has more than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  // Those without a body have none, by the Fetch Standard ("null body status").
  const bytes =
    status === 204 || status === 205 || status === 304 ? null : new Uint8Array(Buffer.concat(chunks))
  return new Response(bytes, { status, statusText, headers })
}
