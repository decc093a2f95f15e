import type { CheckedBatch } from '../shared/checked-batch.ts'

export const groupLimits: { readonly batches: 256; readonly bytes: 4194304 } = {
  batches: 256,
  bytes: 4_194_304,
}

/** How many batches from the head of a queue make the next group: one at least. */
export function groupLength(queue: readonly Pick<CheckedBatch, 'bytes'>[]): number {
  let bytes = 0
  for (let at = 0; at < queue.length; at++) {
    bytes += queue[at]?.bytes ?? 0
    if (at > 0 && (at === groupLimits.batches || bytes > groupLimits.bytes)) return at
  }
  return queue.length
}
