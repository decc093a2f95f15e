import { isLoopback } from '../config/place-types.ts'
import { usageFailure } from './failure.ts'
import type { RegistryReference } from './registry-reference.ts'

const form = /^(?:(?<scheme>https?):\/\/)?(?<host>(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(?::\d{1,5})?)\/?$/

/** A registry that runs somewhere, as a whole. @throws Failure */
export function parseRegistryHost(text: string): Pick<RegistryReference, 'host' | 'scheme' | 'loopback'> {
  const { scheme, host = '' } = form.exec(text)?.groups ?? {}
  const url = host === '' ? null : URL.parse(`http://${host}/`)
  if (url === null)
    throw usageFailure(
      `wants host[:port], such as registry.example.com or 127.0.0.1:7070, not ${JSON.stringify(text)}`,
    )
  return {
    host,
    scheme: scheme === 'http' || scheme === 'https' ? scheme : undefined,
    loopback: isLoopback(url.hostname.replace(/^\[(.*)\]$/, '$1')),
  }
}
