import { createHash } from 'node:crypto'
import type { Digest, DigestAlgorithm } from './digest.ts'

/** The digest of bytes that are all in memory. */
export function digestOf(bytes: Uint8Array, algorithm: DigestAlgorithm = 'sha256'): Digest {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}` as Digest
}
