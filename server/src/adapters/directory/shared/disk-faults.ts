import { DirectoryError, type DirectoryErrorKind } from '../../../ports/directory/errors.ts'

const kinds: Readonly<Record<string, DirectoryErrorKind>> = {
  ENOSPC: 'full',
  EDQUOT: 'full',
  EFBIG: 'full',
  EACCES: 'denied',
  EPERM: 'denied',
  EROFS: 'denied',
  // A link where a file or a folder should be; a file where a folder should be, and the other way round.
  ELOOP: 'path',
  ENOTDIR: 'path',
  EISDIR: 'path',
  EMFILE: 'transient',
  ENFILE: 'transient',
  ENOMEM: 'transient',
  EAGAIN: 'transient',
  EBUSY: 'transient',
  EINTR: 'transient',
  ETIMEDOUT: 'transient',
}

/** Work on the disk; what goes wrong there is told in the port's words, all else as it is. */
export async function onDisk<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const code = diskCode(error)
    if (code === undefined) throw error
    const message = `${doing} failed: ${(error as Error).message}`
    throw new DirectoryError(kinds[code] ?? 'permanent', message, { cause: error })
  }
}

/** The same, and undefined where there is no such file. */
export async function ifThere<T>(doing: string, work: () => Promise<T>): Promise<T | undefined> {
  return await onDisk(doing, async () => {
    try {
      return await work()
    } catch (error) {
      if (diskCode(error) === 'ENOENT') return undefined
      throw error
    }
  })
}

function diskCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}
