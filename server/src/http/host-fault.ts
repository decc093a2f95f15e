import type { IncomingMessage } from 'node:http'

export interface HostFault {
  readonly code: 'host-missing' | 'host-invalid'
  readonly detail: string
}

/** RFC 3986, section 3.2.2, with a port; no comma, by which several are joined. */
const form = /^(?:[A-Za-z0-9._~%!$&'()*+;=-]*|\[[0-9A-Fa-f:.]+\])(?::\d{0,5})?$/
const missing: HostFault = { code: 'host-missing', detail: 'the request does not say which host it is for' }
const several: HostFault = {
  code: 'host-invalid',
  detail: 'the request says more than once which host it is for',
}
const odd: HostFault = { code: 'host-invalid', detail: 'the request is for what is no name of a host' }

/**
 * RFC 9112, section 3.2: such a request is answered 400. Of several hosts a proxy may have taken another one than is taken here.
 * undefined: it is as it should be.
 */
export function hostFault({ headers, rawHeaders, httpVersionMinor }: IncomingMessage): HostFault | undefined {
  const { host } = headers
  if (host === undefined) return httpVersionMinor === 1 ? missing : undefined
  if (!form.test(host)) return odd
  let hosts = 0
  for (let at = 0; at < rawHeaders.length; at += 2)
    if (rawHeaders[at]?.length === 4 && rawHeaders[at]?.toLowerCase() === 'host') hosts++
  return hosts > 1 ? several : undefined
}
