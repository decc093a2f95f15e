import { isIPv4, isIPv6 } from 'node:net'

const mapped = '::ffff:'

/**
 * Whom an address stands for where it is counted: an IPv4 address for itself, one of IPv6 for its network of 64 bits, which is the
 * least that anybody is given (RFC 6177, section 2). What is no address stands for itself.
 */
export function networkOf(address: string): string {
  const [plain = ''] = address.toLowerCase().split('%')
  if (plain.startsWith(mapped) && isIPv4(plain.slice(mapped.length))) return plain.slice(mapped.length)
  if (!isIPv6(plain)) return plain
  return `${groupsOf(plain)
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`
}

/** All eight groups of 16 bits of a well-formed address. */
export function groupsOf(address: string): readonly number[] {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address)
  const [, before = '', ...bytes] = dotted ?? []
  const [a = 0, b = 0, c = 0, d = 0] = bytes.map(Number)
  const text =
    dotted === null ? address : `${before}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`
  const [head = '', tail] = text.split('::')
  const first = numbersIn(head)
  const last = numbersIn(tail ?? '')
  return tail === undefined ? first : [...first, ...Array(8 - first.length - last.length).fill(0), ...last]
}

const numbersIn = (text: string): number[] =>
  text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
