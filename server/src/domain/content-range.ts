import type { ByteRange } from './byte-range.ts'
import { RegistryError } from './error.ts'

/** The distribution spec's form, and HTTP's, which some clients send: `bytes a-b/size`, `bytes a-b/*`. */
const chunk = /^(?:bytes[ =])?([0-9]{1,16})-([0-9]{1,16})(?:\/(?:[0-9]{1,16}|\*))?$/i

/**
 * The place of a chunk within an upload (distribution spec, "Pushing a blob in chunks").
 * @throws RegistryError `upload-invalid`: another form, an end before the start, or beyond the safe integers.
 */
export function parseContentRange(header: string): ByteRange {
  const match = chunk.exec(header)
  if (match === null) throw invalid('Content-Range is not of the form first-last')
  const start = Number(match[1])
  const end = Number(match[2])
  // The length, end + 1, must be safe too.
  if (end >= Number.MAX_SAFE_INTEGER) throw invalid('Content-Range is beyond what can be counted')
  if (end < start) throw invalid('Content-Range ends before it starts')
  return { start, end }
}

/** The Range header that tells where an upload stands. Of none it is `0-0` as well: HTTP has no empty range. */
export function formatUploadRange(length: number): string {
  return `0-${Math.max(0, length - 1)}`
}

function invalid(reason: string): RegistryError {
  return new RegistryError('upload-invalid', { reason })
}
