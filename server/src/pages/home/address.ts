import type { Exchange } from '../../http/exchange.ts'

/** Where this registry is reached. */
export interface Address {
  /** `registry.example:5000`: what comes before a repository's name. */
  readonly host: string
  /** Clients have to be told that there is no TLS. */
  readonly plainHttp: boolean
  /** Pushing wants credentials. */
  readonly wantsLogin: boolean
}

const hostAndPort = /^(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?$/i

export interface AddressSettings {
  readonly publicUrl: string | undefined
  readonly tls: boolean
}

/** As configured, else as the visitor came in. */
export function addressOf(
  exchange: Exchange,
  { publicUrl, tls }: AddressSettings,
  wantsLogin: boolean,
): Address {
  if (publicUrl !== undefined) {
    const { host, protocol } = new URL(publicUrl)
    return { host, plainHttp: protocol === 'http:', wantsLogin }
  }
  const { isBrought, scheme } = exchange.cameFrom
  const host = exchange.host ?? ''
  return {
    host: hostAndPort.test(host) ? host : 'localhost',
    plainHttp: isBrought ? scheme !== 'https' : !tls,
    wantsLogin,
  }
}
