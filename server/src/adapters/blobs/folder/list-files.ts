import { join } from 'node:path'
import type { FileName } from '../../../ports/blobs/blobs.ts'
import { isFileName } from '../shared/new-file-name.ts'
import { ifThere, onDisk } from './fault.ts'
import { shardOf, shards } from './file-names.ts'
import type { FolderState } from './folder-state.ts'

/** Files looked at together. */
const statsAtOnce = 16

export interface ListedFile {
  readonly file: FileName
  readonly length: number
}

/** Holds the names of one shard at a time. What is not named as a file of this store is passed over. */
export async function* listFiles(state: FolderState, after?: FileName): AsyncGenerator<ListedFile, void> {
  const from = after === undefined ? '' : shardOf(after)
  for (const shard of shards) {
    if (shard < from) continue
    const names = await namesIn(state, shard, after)
    for (let start = 0; start < names.length; start += statsAtOnce) {
      const files = await Promise.all(
        names.slice(start, start + statsAtOnce).map((file) => look(state, shard, file)),
      )
      for (const file of files) if (file !== undefined) yield file
    }
  }
}

async function namesIn(state: FolderState, shard: string, after: FileName | undefined): Promise<FileName[]> {
  const entries = await onDisk('listing a folder', () => state.fs.readdir(join(state.folder, shard)))
  return entries
    .filter(isFileName)
    .filter((name) => shardOf(name) === shard && (after === undefined || name > after))
    .sort()
}

async function look(state: FolderState, shard: string, file: FileName): Promise<ListedFile | undefined> {
  const path = join(state.folder, shard, file)
  const found = await onDisk('looking at a file', () => ifThere(() => state.fs.stat(path)))
  return found === undefined ? undefined : { file, length: found.size }
}
