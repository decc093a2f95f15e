import { DirectoryError } from '../../../ports/directory/errors.ts'

/** The same bytes, as many as were announced. @throws DirectoryError `size`; the signal's reason */
export async function* exactly(
  path: string,
  size: number,
  bytes: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  signal.throwIfAborted()
  let length = 0
  for await (const chunk of bytes) {
    signal.throwIfAborted()
    length += chunk.length
    if (length > size) throw wrongSize(path, size, `more`)
    yield chunk
  }
  if (length < size) throw wrongSize(path, size, `${length}`)
}

function wrongSize(path: string, size: number, came: string): DirectoryError {
  return new DirectoryError('size', `${path} was to have ${size} bytes, and ${came} came`)
}
