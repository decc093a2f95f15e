import { constants } from 'node:fs'
import { join } from 'node:path'
import type { ByteRange, FileName, OpenedBlob } from '../../../ports/blobs/blobs.ts'
import { BlobsError } from '../../../ports/blobs/errors.ts'
import { assertRange } from '../shared/refusals.ts'
import { ifThere, onDisk } from './fault.ts'
import { pathOf, shardOf } from './file-names.ts'
import type { FolderState } from './folder-state.ts'
import { readRange } from './read-range.ts'

export interface Read {
  readonly file: FileName
  readonly range: ByteRange | undefined
  readonly signal: AbortSignal
}

/** Shard folders are made at the first start and stay: without them it is the disk that is away, and not one file. */
async function requireShard({ fs, folder }: FolderState, file: FileName): Promise<void> {
  const shard = join(folder, shardOf(file))
  if ((await onDisk('looking for a folder', () => ifThere(() => fs.stat(shard)))) !== undefined) return
  throw new BlobsError(
    'transient',
    `the folder ${shardOf(file)} of the blobs is not there: is its disk mounted?`,
  )
}

/** Holds a descriptor until its bytes are at their end or it is disposed: the file may be removed meanwhile. */
export async function openFile(state: FolderState, read: Read): Promise<OpenedBlob | undefined> {
  const { file, range, signal } = read
  signal.throwIfAborted()
  const path = pathOf(state.folder, file)
  const handle = await onDisk('opening a file', () => ifThere(() => state.fs.open(path, constants.O_RDONLY)))
  if (handle === undefined) {
    await requireShard(state, file)
    return undefined
  }
  let closed: Promise<void> | undefined
  const close = (): Promise<void> => {
    closed ??= onDisk('closing a file', () => handle.close())
    return closed
  }
  try {
    const { size } = await onDisk('looking at a file', () => handle.stat())
    assertRange(file, range, size)
    const bytes = closedAtEnd(
      readRange({ handle, buffers: state.readBuffers }, range ?? { start: 0, end: size - 1 }, signal),
      close,
    )
    return { size, bytes, [Symbol.asyncDispose]: close }
  } catch (error) {
    await close()
    throw error
  }
}

async function* closedAtEnd(
  bytes: AsyncIterable<Uint8Array>,
  close: () => Promise<void>,
): AsyncGenerator<Uint8Array, void> {
  try {
    yield* bytes
  } finally {
    await close()
  }
}
