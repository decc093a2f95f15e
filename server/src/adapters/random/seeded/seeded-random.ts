import type { Random } from '../../../ports/random/random.ts'

/** The same run for the same seed. For tests: whoever sees some of it knows the rest. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  // A Weyl sequence through a bit mixer: 2^32 values before it comes round.
  const word = (): number => {
    state = (state + 0x9e3779b9) >>> 0
    let mixed = state
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad)
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
    return (mixed ^ (mixed >>> 15)) >>> 0
  }
  const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, () => word() >>> 24)
  return {
    bytes,
    uuid: () => uuidOf(bytes(16)),
    int: (below) => {
      if (!Number.isSafeInteger(below) || below < 1)
        throw new RangeError('`below` is a whole number of at least 1')
      return Math.floor(((word() * 0x200000 + (word() >>> 11)) / 2 ** 53) * below)
    },
  }
}

/** RFC 9562, 5.4: version 4, variant 10. */
function uuidOf(bytes: Uint8Array): string {
  const marked = bytes.map((byte, at) =>
    at === 6 ? (byte & 0x0f) | 0x40 : at === 8 ? (byte & 0x3f) | 0x80 : byte,
  )
  const hex = Buffer.from(marked).toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
