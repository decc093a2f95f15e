import { join } from 'node:path'
import type { FileName } from '../../../ports/blobs/blobs.ts'
import { assertFileName } from '../shared/new-file-name.ts'

/** Every shard folder, in the order of the names they hold. */
export const shards: readonly string[] = Array.from({ length: 256 }, (_, n) =>
  n.toString(16).padStart(2, '0'),
)

export function shardOf(file: FileName): string {
  return file.slice(0, 2)
}

/**
 * Where a file stands. A path is made of checked names alone, whoever brought them.
 * @throws BlobsError `name`: not one that this engine gives
 */
export function pathOf(folder: string, file: FileName): string {
  assertFileName(file)
  return join(folder, shardOf(file), file)
}
