import { BlockList, isIP, isIPv4 } from 'node:net'

/** Addresses and networks, such as `192.0.2.7`, `10.0.0.0/8` and `2001:db8::/32` (RFC 4632, RFC 4291). */
export class AddressRanges {
  readonly #list = new BlockList()

  /** @throws TypeError one of them is neither */
  constructor(ranges: readonly string[]) {
    for (const range of ranges) this.#add(range)
  }

  /** IPv4 that came in by IPv6 counts as what it is. */
  has(address: string): boolean {
    const plain =
      address.startsWith(mapped) && isIPv4(address.slice(mapped.length))
        ? address.slice(mapped.length)
        : address
    const family = isIP(plain)
    return family !== 0 && this.#list.check(plain, family === 4 ? 'ipv4' : 'ipv6')
  }

  #add(range: string): void {
    const [address = '', bits, ...more] = range.split('/')
    const family = isIP(address)
    const most = family === 4 ? 32 : 128
    if (family === 0 || more.length > 0 || (bits !== undefined && !isBits(bits, most)))
      throw new TypeError(`${JSON.stringify(range)} is no address, and no network such as 10.0.0.0/8`)
    this.#list.addSubnet(address, bits === undefined ? most : Number(bits), family === 4 ? 'ipv4' : 'ipv6')
  }
}

export function isAddressRange(text: string): boolean {
  try {
    new AddressRanges([text])
    return true
  } catch {
    return false
  }
}

const mapped = '::ffff:'

const isBits = (text: string, most: number): boolean => /^[0-9]{1,3}$/.test(text) && Number(text) <= most
