import type { Exchange } from '../../http/exchange.ts'

/** Where this registry is reached. */
export interface Address {
  /** `registry.example:5000`: what comes before a repository's name. */
  readonly host: string
  /** Clients have to be told that there is no TLS. */
  readonly plainHttp: boolean
}

const hostAndPort = /^(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?$/i

/** As configured, else as the visitor came in. */
export function addressOf(exchange: Exchange, publicUrl: string | undefined, tls: boolean): Address {
  if (publicUrl !== undefined) {
    const { host, protocol } = new URL(publicUrl)
    return { host, plainHttp: protocol === 'http:' }
  }
  const host = exchange.header('host') ?? ''
  return { host: hostAndPort.test(host) ? host : 'localhost', plainHttp: !tls }
}
