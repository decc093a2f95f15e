import { BlobsError, type BlobsErrorKind } from '../../../ports/blobs/errors.ts'

const kinds: Readonly<Record<string, BlobsErrorKind>> = {
  ENOSPC: 'full',
  EDQUOT: 'full',
  // A file may not grow so large here: a limit of the process, or of the file system.
  EFBIG: 'full',
  EACCES: 'denied',
  EPERM: 'denied',
  EROFS: 'denied',
  EMFILE: 'transient',
  ENFILE: 'transient',
  ENOMEM: 'transient',
  EAGAIN: 'transient',
  EBUSY: 'transient',
  EINTR: 'transient',
  ETIMEDOUT: 'transient',
}

/** Does `work` on the disk; what goes wrong is told in the port's words. What is not known to pass is `permanent`. */
export async function onDisk<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof BlobsError) throw error
    const kind = kinds[errorCode(error) ?? ''] ?? 'permanent'
    throw new BlobsError(kind, `${doing} failed: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    })
  }
}

/** The system's code of an error, like ENOENT. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/** `undefined` where there is no such file. */
export async function ifThere<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw error
  }
}
