import { AddressRanges } from './address-ranges.ts'
import { groupsOf } from './network-of.ts'

/** IANA, "IPv4 Special-Purpose Address Registry" (RFC 6890), but for what is reachable by everybody; and multicast. */
const notPublic4 = new AddressRanges([
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'],
  ...['192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15'],
  ...['198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
])
/** What is given out for the Internet (RFC 4291, section 2.4). */
const global6 = new AddressRanges(['2000::/3'])
/** IANA, "IPv6 Special-Purpose Address Registry": of that the rest. */
const notPublic6 = new AddressRanges(['2001::/23', '2001:db8::/32', '3fff::/20'])
/** RFC 6052 and RFC 3056: an IPv4 address stands in them, and that is who is reached. */
const translated = new AddressRanges(['64:ff9b::/96'])
const sixToFour = new AddressRanges(['2002::/16'])

/** An address of the Internet: not of this machine, nor of a network that only some can reach. In the form of a socket's. */
export function isPublicAddress(address: string): boolean {
  const [plain = ''] = address.toLowerCase().split('%')
  if (!plain.includes(':')) return /^\d{1,3}(\.\d{1,3}){3}$/.test(plain) && !notPublic4.has(plain)
  const groups = groupsOf(plain)
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff
  if (isMapped || translated.has(plain)) return isPublicAddress(dotted(groups, 6))
  if (sixToFour.has(plain)) return isPublicAddress(dotted(groups, 1))
  return global6.has(plain) && !notPublic6.has(plain)
}

function dotted(groups: readonly number[], at: number): string {
  const [high = 0, low = 0] = groups.slice(at, at + 2)
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}
