import { constants } from 'node:fs'
import { writeBuffer } from './buffers.ts'
import { errorCode } from './fault.ts'
import type { FileSystem, OpenFile } from './file-system.ts'

/** Absent where the system has no such flag. */
const directFlag: number | undefined = constants.O_DIRECT

/** What file systems say that do not have it, or want other places and sizes. */
const refusals: ReadonlySet<string> = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP'])

/**
 * Writes past the system's cache. A large blob that goes through it is copied once more, into memory that has to be
 * found first and that pushes out what is read more often; and the flush at the end has all of it left to do. What was
 * written so is flushed as any other write: the disk has a cache of its own.
 */
export class DirectFile {
  readonly #fs: FileSystem
  readonly #path: string
  #handle: OpenFile | undefined
  #refused = directFlag === undefined

  constructor(fs: FileSystem, path: string) {
    this.#fs = fs
    this.#path = path
  }

  /** How many of the bytes, from their first, it has written: 0 where it cannot. Only whole buffers go at their place. */
  async write(bytes: Uint8Array, position: number): Promise<number> {
    if (this.#refused || bytes.length !== writeBuffer || position % writeBuffer !== 0) return 0
    try {
      this.#handle ??= await this.#fs.open(this.#path, constants.O_WRONLY | (directFlag ?? 0))
      const { bytesWritten } = await this.#handle.write(bytes, 0, bytes.length, position)
      return bytesWritten
    } catch (error) {
      if (!refusals.has(errorCode(error) ?? '')) throw error
      this.#refused = true
      return 0
    }
  }

  async close(): Promise<void> {
    await this.#handle?.close()
  }
}
