import { isIP } from 'node:net'
import { RegistryError } from '../domain/error.ts'
import type { Exchange } from './exchange.ts'

/** Names by which a page in a browser may call this registry, in small letters and without a port. */
export type OwnHosts = ReadonlySet<string>

/**
 * Refuses what a page in a browser asks of a registry that only its owner's machine can reach, under a name that is not
 * the registry's own. Whoever owns a name can let it point to 127.0.0.1 once the page is loaded ("DNS rebinding"); for
 * the browser page and registry are then one site, and the page may read and write. It cannot keep the browser from
 * saying by which name it calls, nor from sending Accept-Language, which programs leave out.
 *
 * An address is no name. Nor can a name be pointed anywhere that nobody can register: one without a dot, or below a
 * top-level domain of RFC 6761, RFC 6762, RFC 8375 or ICANN's `internal`.
 * @throws RegistryError `denied`
 */
export function refuseForeignHost(exchange: Exchange, own: OwnHosts): void {
  if (!isFromBrowser(exchange)) return
  const host = hostOf(exchange.host ?? '')
  if (host === undefined || isUnclaimable(host) || own.has(host)) return
  throw new RegistryError('denied', {
    action: `calling this registry ${host}`,
    reason: 'it listens on its own machine alone; if that is its name, set publicUrl or access.hosts',
  })
}

function isFromBrowser(exchange: Exchange): boolean {
  const { headers } = exchange.request
  return (
    headers['accept-language'] !== undefined ||
    headers['sec-fetch-site'] !== undefined ||
    headers.origin !== undefined
  )
}

/** undefined: none, which no browser leaves out. */
function hostOf(text: string): string | undefined {
  const host = URL.parse(`http://${text}`)?.hostname
  return host === undefined || host === '' ? undefined : host.replace(/\.$/, '')
}

const unclaimable: ReadonlySet<string> = new Set([
  'localhost',
  'local',
  'internal',
  'test',
  'example',
  'invalid',
  'home.arpa',
])

/** Nobody can let it point elsewhere: an address, or a name that cannot be registered. In small letters. */
export function isUnclaimable(host: string): boolean {
  if (host.startsWith('[') || isIP(host) !== 0) return true
  const labels = host.split('.')
  return (
    labels.length === 1 || unclaimable.has(labels.at(-1) ?? '') || unclaimable.has(labels.slice(-2).join('.'))
  )
}
