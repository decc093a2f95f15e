import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { join } from 'node:path'
import { type Digest, digestAlgorithm, digestHex } from '../../../domain/digest.ts'
import type { FileName } from '../../../ports/blobs/blobs.ts'
import { digestMismatch } from '../shared/refusals.ts'
import type { Buffers } from './buffers.ts'
import { ifThere, onDisk } from './fault.ts'
import { pathOf, shardOf } from './file-names.ts'
import type { OpenFile } from './file-system.ts'
import {
  assertFlushable,
  type FolderState,
  isSealed,
  withFile,
  writableMode,
  writeBits,
} from './folder-state.ts'
import { syncFolder } from './prepare-folder.ts'
import { readRange } from './read-range.ts'

export interface Seal {
  readonly file: FileName
  readonly want: Digest
  readonly signal: AbortSignal
}

/** Verifies, marks as sealed, and flushes file and folder entry, every time it is called: an earlier call may have been cut off. */
export async function sealFile(state: FolderState, seal: Seal): Promise<{ readonly length: number }> {
  const { file, want, signal } = seal
  signal.throwIfAborted()
  assertFlushable(state, file)
  const handle = await openToSeal(state, seal)
  return withFile(handle, async () => {
    const { size, mode } = await onDisk('looking at a file', () => handle.stat())
    const actual =
      (await liveHex(state, seal, size)) ??
      (await hashFile({ handle, buffers: state.readBuffers }, size, seal))
    if (actual !== digestHex(want)) throw digestMismatch(file, want, actual)
    await flush(state, file, async () => {
      if (!isSealed(mode)) await handle.chmod(mode & 0o777 & ~writeBits)
      // Both to their end, also where one fails: the descriptor is closed afterwards.
      const flushed = await Promise.allSettled([
        handle.sync(),
        syncFolder(state.fs, join(state.folder, shardOf(file))),
      ])
      for (const one of flushed) if (one.status === 'rejected') throw one.reason
    })
    state.hashes.forget(file)
    return { length: size }
  })
}

/** A file to which nothing was ever written is an empty one, and comes to be when it is sealed as such. */
async function openToSeal(state: FolderState, { file, want }: Seal): Promise<OpenFile> {
  const path = pathOf(state.folder, file)
  return onDisk('opening a file', async () => {
    const handle = await ifThere(() => state.fs.open(path, constants.O_RDONLY))
    if (handle !== undefined) return handle
    const empty = createHash(digestAlgorithm(want)).digest('hex')
    if (empty !== digestHex(want)) throw digestMismatch(file, want, empty)
    return state.fs.open(path, constants.O_RDONLY | constants.O_CREAT, writableMode)
  })
}

async function liveHex(state: FolderState, { file, want }: Seal, size: number): Promise<string | undefined> {
  return digestAlgorithm(want) === 'sha256' ? await state.hashes.hexOf(file, size) : undefined
}

async function hashFile(
  source: { readonly handle: OpenFile; readonly buffers: Buffers },
  size: number,
  { want, signal }: Seal,
): Promise<string> {
  const hash = createHash(digestAlgorithm(want))
  const whole = { start: 0, end: size - 1 }
  for await (const chunk of readRange(source, whole, signal)) hash.update(chunk)
  return hash.digest('hex')
}

async function flush(state: FolderState, file: FileName, work: () => Promise<void>): Promise<void> {
  try {
    await onDisk(`flushing the file ${file}`, work)
  } catch (error) {
    state.unflushable.add(file)
    throw error
  }
}
