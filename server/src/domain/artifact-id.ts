/** Names an artifact whatever its kind, name or version. It begins with the time, so that new ones stand together in every order. */
export type ArtifactId = string & { readonly brand: 'ArtifactId' }

const form = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** True for a UUID as this registry writes it: lower case (RFC 9562, section 4). */
export function isArtifactId(text: string): text is ArtifactId {
  return form.test(text)
}

/**
 * A UUID of version 7 (RFC 9562, section 5.7).
 * @param now ms since 1970
 * @param random at least 10 bytes of chance
 */
export function newArtifactId(now: number, random: Uint8Array): ArtifactId {
  const bytes = new Uint8Array(16)
  bytes.set(random.subarray(0, 10), 6)
  const view = new DataView(bytes.buffer)
  view.setUint16(0, Math.floor(now / 2 ** 32))
  view.setUint32(2, now % 2 ** 32)
  view.setUint8(6, (view.getUint8(6) & 0x0f) | 0x70)
  view.setUint8(8, (view.getUint8(8) & 0x3f) | 0x80)
  const hex = Buffer.from(bytes.buffer).toString('hex')
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)]
  return parts.join('-') as ArtifactId
}
