/** Names an artifact whatever its kind, name or version. It begins with the time, so that new ones stand together in every order. */
export type ArtifactId = string & { readonly brand: 'ArtifactId' }

const form = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** True for a UUID as this registry writes it: lower case (RFC 9562, section 4). */
export function isArtifactId(text: string): text is ArtifactId {
  return form.test(text)
}

/**
 * Makes ids that rise in the order in which they were asked for: those of one millisecond too, where whoever lists what
 * two calls in a row have made is to find the first one first (RFC 9562, 6.2, method 1: the 12 bits after the version
 * count). Beyond 2,048 in one millisecond, or where the clock was set back, chance decides.
 */
export class ArtifactIds {
  #now = -1
  #count = 0

  /**
   * A UUID of version 7 (RFC 9562, section 5.7).
   * @param now ms since 1970
   * @param random at least 10 bytes of chance
   */
  next(now: number, random: Uint8Array): ArtifactId {
    const chance = new DataView(random.buffer, random.byteOffset, random.byteLength)
    this.#count = now === this.#now ? Math.min(this.#count + 1, mostCounted) : chance.getUint16(0) & startMask
    this.#now = now
    return newArtifactId(now, this.#count, random)
  }
}

const mostCounted = 0xfff
/** It begins in the lower half, so that as many can follow whatever chance has given. */
const startMask = 0x7ff

function newArtifactId(now: number, count: number, random: Uint8Array): ArtifactId {
  const bytes = new Uint8Array(16)
  bytes.set(random.subarray(0, 10), 6)
  const view = new DataView(bytes.buffer)
  view.setUint16(0, Math.floor(now / 2 ** 32))
  view.setUint32(2, now % 2 ** 32)
  view.setUint16(6, 0x7000 | count)
  view.setUint8(8, (view.getUint8(8) & 0x3f) | 0x80)
  const hex = Buffer.from(bytes.buffer).toString('hex')
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)]
  return parts.join('-') as ArtifactId
}
