import { createHash } from 'node:crypto'
import type { Digest, DigestAlgorithm } from './digest.ts'

/** The digest of bytes that are all in memory. */
export function digestOf(bytes: Uint8Array, algorithm: DigestAlgorithm = 'sha256'): Digest {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}` as Digest
}

/** The digest and length of bytes as they come. */
export async function digestOfStream(
  bytes: AsyncIterable<Uint8Array>,
  algorithm: DigestAlgorithm,
  onBytes?: (count: number) => void,
): Promise<{ digest: Digest; size: number }> {
  const hash = createHash(algorithm)
  let size = 0
  for await (const chunk of bytes) {
    hash.update(chunk)
    size += chunk.length
    onBytes?.(chunk.length)
  }
  return { digest: `${algorithm}:${hash.digest('hex')}` as Digest, size }
}
