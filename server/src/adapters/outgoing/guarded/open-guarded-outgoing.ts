import type { AddressRanges } from '../../../domain/address-ranges.ts'
import { OutgoingError } from '../../../ports/outgoing/errors.ts'
import type { Outgoing, OutgoingRequest, Redirecting } from '../../../ports/outgoing/outgoing.ts'
import { askPinned } from './ask-pinned.ts'
import { nextOf, type Step } from './next-step.ts'
import { permittedAddress, type Resolve, resolveByDns } from './permitted-address.ts'

export interface GuardedOutgoingOptions {
  /** May be asked although they are not on the Internet. */
  readonly allow: AddressRanges
  /** ms, for everything: names, redirects, and the answer to its end. */
  readonly timeoutMs: number
  readonly maxBytes: number
  readonly maxRedirects: number
  /** For tests. */
  readonly resolve?: Resolve
}

/**
 * Looks at each address once its name has become one, and asks that very address: a name that stands for another one a moment
 * later ("DNS rebinding") is not looked up again. So with each redirect.
 */
export function openGuardedOutgoing(options: GuardedOutgoingOptions): Outgoing {
  const { allow, timeoutMs, maxBytes, maxRedirects, resolve = resolveByDns } = options
  const follow = async (begun: Step, redirect: Redirecting, signal: AbortSignal): Promise<Response> => {
    let step = begun
    for (let redirects = 0; ; redirects++) {
      const address = await permittedAddress(step.url, { allow, resolve, signal })
      const response = await askPinned(step, address, { maxBytes, signal })
      const next = redirect === 'manual' ? undefined : nextOf(step, response)
      if (next === undefined) return response
      if (redirect === 'error' || redirects === maxRedirects)
        throw new OutgoingError('refused', 'it redirects elsewhere, more often than is followed')
      step = next
    }
  }
  return {
    fetch: async (url, request = {}) => {
      const late = AbortSignal.timeout(timeoutMs)
      const signal = request.signal == null ? late : AbortSignal.any([late, request.signal])
      try {
        return await follow(stepOf(url, request), request.redirect ?? 'follow', signal)
      } catch (cause) {
        if (cause instanceof OutgoingError) throw cause
        if (late.aborted) throw new OutgoingError('timeout', 'there was no whole answer in time', { cause })
        if (signal.aborted) throw signal.reason
        throw new OutgoingError('unreachable', 'there was no answer', { cause })
      }
    },
  }
}

function stepOf(url: string | URL, { method = 'GET', headers, body }: OutgoingRequest): Step {
  const parsed = URL.parse(String(url))
  if (parsed === null) throw new OutgoingError('refused', 'it is no address')
  const sent = new Headers(headers)
  // As fetch does.
  if (body instanceof URLSearchParams && !sent.has('content-type'))
    sent.set('content-type', 'application/x-www-form-urlencoded;charset=UTF-8')
  const bytes = body == null ? undefined : Buffer.from(body instanceof Uint8Array ? body : String(body))
  return { url: parsed, method: method.toUpperCase(), headers: sent, body: bytes }
}
