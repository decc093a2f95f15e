import { mkdir, open, readdir, stat, statfs, unlink } from 'node:fs/promises'

/** An open file or folder. The part of node's `FileHandle` that the engine uses. */
export interface OpenFile {
  stat(): Promise<{ readonly size: number; readonly mode: number }>
  read(
    buffer: Uint8Array,
    at: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number }>
  write(
    buffer: Uint8Array,
    at: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesWritten: number }>
  chmod(mode: number): Promise<void>
  truncate(length: number): Promise<void>
  /** Content and metadata survive a power cut; of a folder, its entries. */
  sync(): Promise<void>
  /** Content and what is needed to find it. */
  datasync(): Promise<void>
  close(): Promise<void>
}

/** What the engine asks of a file system; tests give one that fails, or loses power, where they want. */
export interface FileSystem {
  open(path: string, flags: number, mode?: number): Promise<OpenFile>
  stat(path: string): Promise<{ readonly size: number; readonly mode: number }>
  readdir(path: string): Promise<string[]>
  mkdir(path: string): Promise<unknown>
  unlink(path: string): Promise<void>
  /** Of the file system that holds the path. */
  freeBytes(path: string): Promise<number>
}

export const realFileSystem: FileSystem = {
  open,
  stat,
  readdir: (path) => readdir(path),
  mkdir,
  unlink,
  freeBytes: async (path) => {
    const { bavail, bsize } = await statfs(path)
    return bavail * bsize
  },
}
