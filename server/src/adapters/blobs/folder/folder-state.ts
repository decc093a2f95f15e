import type { FileName } from '../../../ports/blobs/blobs.ts'
import { BlobsError } from '../../../ports/blobs/errors.ts'
import type { LiveHashes } from '../shared/live-hashes.ts'
import type { Buffers } from './buffers.ts'
import { onDisk } from './fault.ts'
import type { FileSystem } from './file-system.ts'
import type { UnflushableFiles } from './unflushable-files.ts'

/** A file that takes bytes. A later process sees by the mode which files are sealed. */
export const writableMode = 0o640
export const writeBits = 0o222

export interface FolderState {
  readonly folder: string
  readonly fs: FileSystem
  readonly writeBuffers: Buffers
  readonly readBuffers: Buffers
  readonly hashes: LiveHashes
  readonly unflushable: UnflushableFiles
}

/** @throws BlobsError `permanent` after a failed flush */
export function assertFlushable(state: FolderState, file: FileName): void {
  if (!state.unflushable.has(file)) return
  throw new BlobsError(
    'permanent',
    `the disk failed to keep the file ${file}; write it again under another name`,
  )
}

export function isSealed(mode: number): boolean {
  return (mode & writeBits) === 0
}

export async function withFile<T>(handle: { close(): Promise<void> }, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } finally {
    await onDisk('closing a file', () => handle.close())
  }
}
