import type { Exchange } from './exchange.ts'
import { type AddressSettings, ownAddress } from './own-address.ts'

/**
 * Where a client gets its tokens, to which it sends its password. undefined: it is not certain, and passwords are to be asked for
 * here.
 */
export function tokenRealm(exchange: Exchange, settings: AddressSettings): string | undefined {
  const address = ownAddress(exchange, settings)
  return address === undefined ? undefined : `${address}/token`
}
