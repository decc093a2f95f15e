import type { Core } from '../ledger/core.ts'

/**
 * Takes away what an engine of blobs has begun and nobody will come back for, such as parts of which no file was made. What
 * began within the lifetime of an upload and the grace time may still be under way. Answers how many there were.
 */
export async function tidyBlobs({ blobs, clock, limits }: Core, signal: AbortSignal): Promise<number> {
  const before = clock.now() - limits.uploadLifetime - limits.graceTime
  let gone = 0
  for await (const _ of blobs.tidy?.(before, signal) ?? []) gone++
  return gone
}
