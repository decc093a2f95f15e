import { constants } from 'node:fs'
import type { FileName } from '../../../ports/blobs/blobs.ts'
import { BlobsError } from '../../../ports/blobs/errors.ts'
import { assertOffset, assertUnsealed } from '../shared/refusals.ts'
import { DirectFile } from './direct-file.ts'
import { ifThere, onDisk } from './fault.ts'
import { pathOf } from './file-names.ts'
import type { OpenFile } from './file-system.ts'
import { FileWriter } from './file-writer.ts'
import { assertFlushable, type FolderState, isSealed, withFile, writableMode } from './folder-state.ts'

export interface Append {
  readonly file: FileName
  readonly offset: number
  /** Ends or throws on abort; its own errors are passed on as they are. */
  readonly body: AsyncIterable<Uint8Array>
}

/** Answers, or throws, only when the last write has returned: nothing of this call reaches the file afterwards. */
export async function appendFile(state: FolderState, append: Append): Promise<{ readonly length: number }> {
  const { file, offset } = append
  const path = pathOf(state.folder, file)
  assertFlushable(state, file)
  // Looked at by its path: where the process has no rights above the mode, a sealed file cannot be opened for writing.
  const known = await onDisk('looking at a file', () => ifThere(() => state.fs.stat(path)))
  assertUnsealed(file, known !== undefined && isSealed(known.mode))
  assertOffset(file, offset, known?.size ?? 0)
  const flags = constants.O_WRONLY | (known === undefined ? constants.O_CREAT : 0)
  const handle = await onDisk('opening a file', () => state.fs.open(path, flags, writableMode))
  return withFile(handle, async () => {
    const direct = new DirectFile(state.fs, path)
    return await withFile(direct, () => write(state, { handle, direct }, append))
  })
}

async function write(
  state: FolderState,
  opened: { readonly handle: OpenFile; readonly direct: DirectFile },
  append: Append,
): Promise<{ readonly length: number }> {
  const { file, offset, body } = append
  const hash = state.hashes.take(file, offset)
  const writer = new FileWriter({ ...opened, buffers: state.writeBuffers, hash }, offset)
  const ended = await feed(writer, body)
  try {
    await onDisk(`writing the file ${file}`, () => writer.finish())
  } catch (error) {
    await writer.settle()
    hash?.forget()
    if (writer.flushFailed) state.unflushable.add(file)
    // What does not fit as a whole is of no use, and there are others who need the room.
    if (error instanceof BlobsError && error.kind === 'full')
      await opened.handle.truncate(offset).catch(() => undefined)
    throw error
  }
  // Also after the body failed: what came before is kept, and its hash is still that of the whole file.
  state.hashes.keep(file, hash)
  if (ended.failed) throw ended.error
  return { length: writer.length }
}

/** Where the disk fails instead of the body, `finish` throws the same again. */
async function feed(
  writer: FileWriter,
  body: AsyncIterable<Uint8Array>,
): Promise<{ readonly failed: false } | { readonly failed: true; readonly error: unknown }> {
  try {
    for await (const chunk of body) {
      const written = writer.write(chunk)
      if (written !== undefined) await written
    }
    return { failed: false }
  } catch (error) {
    return { failed: true, error }
  }
}
