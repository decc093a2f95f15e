import type { FileHandle } from 'node:fs/promises'
import { DirectoryError } from '../../../ports/directory/errors.ts'
import { onDisk } from './disk-faults.ts'

const bufferBytes = 262_144

/** So many bytes of a file from a place on, in one buffer that is used again. @throws DirectoryError where the file ends before */
export async function* readPart(
  handle: FileHandle,
  { path, start, size }: { readonly path: string; readonly start: number; readonly size: number },
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  const buffer = Buffer.allocUnsafeSlow(Math.min(bufferBytes, Math.max(size, 1)))
  for (let done = 0; done < size; ) {
    signal.throwIfAborted()
    const length = Math.min(buffer.length, size - done)
    const { bytesRead } = await onDisk(`reading ${path}`, () => handle.read(buffer, 0, length, start + done))
    if (bytesRead === 0) throw new DirectoryError('permanent', `${path} became shorter while it was read`)
    done += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}
