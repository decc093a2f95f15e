import { lookup } from 'node:dns/promises'
import type { AddressRanges } from '../../../domain/address-ranges.ts'
import { isPublicAddress } from '../../../domain/public-address.ts'
import { OutgoingError } from '../../../ports/outgoing/errors.ts'

/** All addresses that a name stands for. Rejects where there are none. */
export type Resolve = (name: string) => Promise<readonly string[]>

export const resolveByDns: Resolve = async (name) =>
  (await lookup(name, { all: true })).map(({ address }) => address)

export interface Permitting {
  readonly allow: AddressRanges
  readonly resolve: Resolve
  readonly signal: AbortSignal
}

/**
 * The address to ask. Of a name that stands for several, one that may not be asked is enough to refuse it.
 * @throws OutgoingError `refused`; whatever `resolve` does
 */
export async function permittedAddress(url: URL, { allow, resolve, signal }: Permitting): Promise<string> {
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new OutgoingError('refused', 'only http and https are asked')
  if (url.username !== '' || url.password !== '')
    throw new OutgoingError('refused', 'its address has a name or a password in it')
  const addresses = isLiteral(url.hostname)
    ? [url.hostname.replace(/^\[|\]$/g, '')]
    : await inTime(resolve(url.hostname), signal)
  const [first] = addresses
  if (first === undefined) throw new Error('the name stands for no address')
  const isPermitted = (address: string): boolean => isPublicAddress(address) || allow.has(address)
  if (!addresses.every(isPermitted))
    throw new OutgoingError('refused', 'it is not an address of the Internet, or may not be asked')
  return first
}

/** URLs write all forms of IPv4 addresses in one (WHATWG URL, section 3.5). */
const isLiteral = (hostname: string): boolean =>
  hostname.startsWith('[') || /^\d{1,3}(\.\d{1,3}){3}$/.test(hostname)

/** The system's own look-up cannot be stopped; nobody waits for it any more. */
async function inTime<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const late = Promise.withResolvers<never>()
  const stop = (): void => late.reject(signal.reason)
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await Promise.race([work, late.promise])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
