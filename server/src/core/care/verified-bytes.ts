import { createHash, type Hash } from 'node:crypto'
import { type Digest, digestAlgorithm, digestHex } from '../../domain/digest.ts'

/** Thrown at their end by bytes that are not what they should be. */
export class WrongContent extends Error {
  constructor(digest: Digest) {
    super(`the bytes do not have the digest ${digest}`)
    this.name = 'WrongContent'
  }
}

/** The same bytes, which fail at their end where their digest is another. @throws WrongContent */
export async function* verified(
  bytes: AsyncIterable<Uint8Array>,
  digest: Digest,
  onBytes?: (count: number) => void,
): AsyncGenerator<Uint8Array, void> {
  const hash = createHash(digestAlgorithm(digest))
  for await (const chunk of bytes) {
    hash.update(chunk)
    onBytes?.(chunk.length)
    yield chunk
  }
  if (hash.digest('hex') !== digestHex(digest)) throw new WrongContent(digest)
}

/** The same bytes, which `hash` has seen when they are at their end. */
export async function* hashedBy(
  hash: Hash,
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of bytes) {
    hash.update(chunk)
    yield chunk
  }
}
