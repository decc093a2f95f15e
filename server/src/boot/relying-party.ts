import { isIP } from 'node:net'
import type { Config } from '../config/config.ts'
import { isLoopback } from '../config/place-types.ts'
import type { SecondFactorRules } from './compose/factors.ts'

/**
 * Web Authentication, 5.1.2: a name, reached by TLS, or this very machine. A name that is not said is not known: what a request
 * calls the registry is what its sender wants.
 */
export function relyingParty({
  publicUrl,
  listen: { host, port },
  tls,
}: Pick<Config, 'publicUrl' | 'listen' | 'tls'>): Pick<SecondFactorRules, 'party' | 'issuer'> {
  const scheme = tls.cert === undefined ? 'http' : 'https'
  const own = isLoopback(host) && port !== 0 ? `${scheme}://localhost:${port}` : undefined
  const url = publicUrl === undefined ? own : publicUrl
  if (url === undefined) return {}
  const { hostname: id, origin, protocol, host: issuer } = new URL(url)
  const isTrusted = protocol === 'https:' || id === 'localhost'
  const isName = isIP(id) === 0 && !id.startsWith('[')
  return { issuer, ...(isTrusted && isName && { party: { id, origin } }) }
}
