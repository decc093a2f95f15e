import { RegistryError } from '../../domain/error.ts'
import { BlobsError } from '../../ports/blobs/errors.ts'

/** What a fault of the blob engine means to whoever asked; other errors pass as they are. */
export function asRegistryError(error: unknown): unknown {
  if (!(error instanceof BlobsError)) return error
  switch (error.kind) {
    case 'full':
      return new RegistryError('storage-full', { retryAfterMs: 60_000 }, { cause: error })
    case 'denied':
      return new RegistryError(
        'unavailable',
        { reason: 'the blob store has lost the right to its files', retryAfterMs: 60_000 },
        { cause: error },
      )
    case 'transient':
      return new RegistryError(
        'unavailable',
        { reason: 'the blob store cannot be reached', retryAfterMs: 1_000 },
        { cause: error },
      )
    case 'busy':
      return new RegistryError(
        'unavailable',
        { reason: 'too many read or write at once', retryAfterMs: 5_000 },
        { cause: error },
      )
    case 'name':
    case 'permanent':
      return new RegistryError(
        'unavailable',
        { reason: 'the blob store fails', retryAfterMs: 30_000 },
        { cause: error },
      )
    case 'sealed':
      return new RegistryError(
        'upload-invalid',
        { reason: 'it was verified already: finish it, or begin a new one' },
        { cause: error },
      )
    case 'offset':
      return new RegistryError(
        'upload-invalid',
        { reason: 'it has grown meanwhile: ask where it stands' },
        { cause: error },
      )
    case 'digest':
      return error
  }
}

/** What `work` asks of the blob engine, whose faults are told as those of the registry. */
export async function onBlobs<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw asRegistryError(error)
  }
}

/** Bytes of the blob engine, likewise. */
export async function* toldBytes(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  try {
    yield* bytes
  } catch (error) {
    throw asRegistryError(error)
  }
}
