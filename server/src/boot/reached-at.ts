import type { Config } from '../config/config.ts'

/**
 * Where people reach a registry that listens at `address` (`127.0.0.1:7070`): from its own machine where it listens on every
 * address and nobody has said how it is called from outside.
 */
export function reachedAt({ publicUrl, listen, tls }: Config, address: string): string {
  if (publicUrl !== undefined) return publicUrl
  const port = address.slice(address.lastIndexOf(':') + 1)
  const everywhere = listen.host === '0.0.0.0' || listen.host === '::'
  return `${tls.cert === undefined ? 'http' : 'https'}://${everywhere ? `localhost:${port}` : address}`
}
