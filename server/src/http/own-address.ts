import type { Exchange } from './exchange.ts'
import { isUnclaimable, type OwnHosts } from './own-hosts.ts'

/** What is certain of how the registry is reached. */
export interface AddressSettings {
  /** How clients reach the registry, without a slash at its end. */
  readonly publicUrl: string | undefined
  readonly tls: boolean
  /** Names that are the registry's own, in small letters and without a port. */
  readonly own: OwnHosts
}

/** A name or an address with its port, and nothing else that a URL may have. */
const hostForm = /^(?<name>[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::(?<port>\d{1,5}))?$/i
/** A proxy has sent the request: what it was asked for, and by which scheme, is not known here. */
const signsOfProxy = [
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
]

/**
 * Where the registry is, for whoever asks: the configuration says it. Where it does not, it is where the client has come to by
 * itself, if that is certain: by an address, a name that nobody else can have, or one of the registry's own, and by no proxy but
 * those that are trusted. Without a slash at its end. undefined: it is not certain.
 */
export function ownAddress(exchange: Exchange, { publicUrl, tls, own }: AddressSettings): string | undefined {
  if (publicUrl !== undefined) return publicUrl
  const { headers, socket } = exchange.request
  const { isBrought, host = '', scheme } = exchange.cameFrom
  if (!isBrought && signsOfProxy.some((name) => headers[name] !== undefined)) return undefined
  const { name, port } = hostForm.exec(host)?.groups ?? {}
  if (name === undefined) return undefined
  const plain = name.toLowerCase().replace(/\.$/, '')
  if (!isUnclaimable(plain) && !own.has(plain)) return undefined
  if (isBrought) return scheme === undefined ? undefined : `${scheme}://${host}`
  // Another port is that of something in between, which may speak TLS where this does not.
  const asked = port === undefined ? (tls ? 443 : 80) : Number(port)
  if (asked !== socket.localPort) return undefined
  return `${tls ? 'https' : 'http'}://${host}`
}
