import type { FileName } from '../../ports/blobs/blobs.ts'
import type { Core } from '../ledger/core.ts'

/** `hold`: what a tag's history keeps a manifest by. `content`: a blob's bytes. `orphan`: a file that no record names. */
export const kindsOfGoing = [
  'upload',
  'tag',
  'manifest',
  'hold',
  'holding',
  'content',
  'trash',
  'orphan',
] as const
export type KindOfGoing = (typeof kindsOfGoing)[number]

/** Something that goes, or would. */
export interface GcItem {
  readonly what: KindOfGoing
  /** By its name. */
  readonly repository?: string
  readonly tag?: string
  readonly digest?: string
  readonly file?: string
  /** Where it goes from the records alone, none. */
  readonly bytes: number
  /** For a person. */
  readonly why: string
  /** A rule would let it go, and something else keeps it: it is told, and stays. */
  readonly stays?: true
}

/** What was found to go, together in one batch. */
export interface Going {
  readonly items: readonly GcItem[]
  /** Decides anew, by the same rules, and does it. Answers what went. */
  carryOut(): Promise<readonly GcItem[]>
}

/** For the report alone. Where it cannot be told, it is nothing: what is done with the file next says what is wrong. */
export async function fileBytes(core: Pick<Core, 'blobs'>, file: string): Promise<number> {
  return await core.blobs.length(file as FileName).catch(() => 0)
}

/** So many at a time, so that their batches share a flush of the disk. */
const atOnce = 8

/**
 * Carries out what is found while it is being found; ends early when the signal aborts. What cannot go keeps nothing
 * else from going.
 * @throws the first failure, when all others have had their turn
 */
export async function carryOut(
  found: AsyncIterable<Going>,
  signal: AbortSignal,
  gone: (item: GcItem) => void,
): Promise<void> {
  const running = new Set<Promise<void>>()
  const failures: unknown[] = []
  try {
    for await (const going of found) {
      if (signal.aborted) break
      const run: Promise<void> = going
        .carryOut()
        .then(
          (items) => items.forEach(gone),
          (error: unknown) => void failures.push(error),
        )
        .finally(() => running.delete(run))
      running.add(run)
      if (running.size >= atOnce) await Promise.race(running)
    }
  } finally {
    await Promise.all(running)
  }
  if (failures.length > 0) throw failures[0]
}
