import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import type { DirectoryEntry, DirectoryReader, OpenedFile } from '../../../ports/directory/directory.ts'
import { DirectoryError } from '../../../ports/directory/errors.ts'
import { segmentsOf } from '../shared/checked-path.ts'
import { onDisk } from '../shared/disk-faults.ts'
import { readPart } from '../shared/read-part.ts'
import { type Place, scanTar } from './scan-tar.ts'

/** For whoever feeds a pipe: nothing could cut that short, and the process would not end meanwhile. */
const withoutWaiting = constants.O_RDONLY | constants.O_NONBLOCK

/** The files of a tar archive, which stays as it is and is not unpacked. @throws DirectoryError where it is none, or not a sound one */
export async function openTarReader(archive: string, signal: AbortSignal): Promise<DirectoryReader> {
  const handle = await onDisk(`opening ${archive}`, () => open(archive, withoutWaiting))
  try {
    const found = await onDisk(`looking at ${archive}`, () => handle.stat())
    if (!found.isFile()) throw new DirectoryError('path', `${archive} is not a plain file`)
    return new TarReader(archive, handle, await scanTar(handle, signal))
  } catch (error) {
    await handle.close()
    throw error
  }
}

class TarReader implements DirectoryReader {
  readonly #archive: string
  readonly #handle: FileHandle
  readonly #files: ReadonlyMap<string, Place>
  readonly #folders: ReadonlySet<string>

  constructor(archive: string, handle: FileHandle, files: ReadonlyMap<string, Place>) {
    this.#archive = archive
    this.#handle = handle
    this.#files = files
    this.#folders = new Set(
      [...files.keys()].flatMap((path) => {
        const segments = path.split('/')
        return segments.slice(1).map((_, at) => segments.slice(0, at + 1).join('/'))
      }),
    )
  }

  async size(path: string): Promise<number | undefined> {
    return this.#place(path)?.size
  }

  async open(path: string, signal: AbortSignal): Promise<OpenedFile | undefined> {
    signal.throwIfAborted()
    const place = this.#place(path)
    if (place === undefined) return undefined
    return {
      size: place.size,
      bytes: readPart(this.#handle, { path: `${path} in ${this.#archive}`, ...place }, signal),
      [Symbol.asyncDispose]: async () => {},
    }
  }

  async list(folder: string): Promise<readonly DirectoryEntry[]> {
    if (folder !== '') segmentsOf(folder)
    const prefix = folder === '' ? '' : `${folder}/`
    const kinds = new Map<string, DirectoryEntry['kind']>()
    for (const path of this.#files.keys()) {
      if (!path.startsWith(prefix)) continue
      const [name = '', ...below] = path.slice(prefix.length).split('/')
      kinds.set(name, below.length > 0 ? 'folder' : 'file')
    }
    return Array.from(kinds, ([name, kind]) => ({ name, kind }))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close()
  }

  #place(path: string): Place | undefined {
    segmentsOf(path)
    const found = this.#files.get(path)
    if (found !== undefined) return found
    if (this.#folders.has(path)) throw new DirectoryError('path', `${path} is not a plain file`)
    return undefined
  }
}
