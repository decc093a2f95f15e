import { constants, type Dirent } from 'node:fs'
import { lstat, open, readdir, unlink } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { Directory, DirectoryEntry, OpenedFile } from '../../../ports/directory/directory.ts'
import { DirectoryError } from '../../../ports/directory/errors.ts'
import { segmentsOf, segmentsToWrite } from '../shared/checked-path.ts'
import { ifThere, onDisk } from '../shared/disk-faults.ts'
import { createDurableFile, syncFolder } from '../shared/durable-file.ts'
import { exactly } from '../shared/exactly.ts'
import { makeFolders } from '../shared/make-folders.ts'
import { readPart } from '../shared/read-part.ts'

/** A folder of the file system, which is made, for its owner alone, when something is written. The folder itself may be reached through links. */
export function openFolderDirectory(folder: string): Directory {
  return new FolderDirectory(resolve(folder))
}

/** No file behind a link, and no waiting for whoever feeds a pipe. */
const plainRead = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

class FolderDirectory implements Directory {
  readonly #root: string

  constructor(root: string) {
    this.#root = root
  }

  async size(path: string): Promise<number | undefined> {
    const place = await this.#find(segmentsOf(path))
    if (place === undefined) return undefined
    const found = await ifThere(`looking at ${place}`, () => lstat(place))
    if (found?.isFile() === false) throw notPlain(path)
    return found?.size
  }

  async open(path: string, signal: AbortSignal): Promise<OpenedFile | undefined> {
    signal.throwIfAborted()
    const place = await this.#find(segmentsOf(path))
    if (place === undefined) return undefined
    const handle = await ifThere(`opening ${place}`, () => open(place, plainRead))
    if (handle === undefined) return undefined
    try {
      const found = await onDisk(`looking at ${path}`, () => handle.stat())
      if (!found.isFile()) throw notPlain(path)
      const { size } = found
      return {
        size,
        bytes: readPart(handle, { path, start: 0, size }, signal),
        [Symbol.asyncDispose]: () => handle.close(),
      }
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  async list(folder: string): Promise<readonly DirectoryEntry[]> {
    const place = folder === '' ? this.#root : await this.#find([...segmentsOf(folder), ''])
    if (place === undefined) return []
    const found = await ifThere(`listing ${place}`, () => readdir(place, { withFileTypes: true }))
    return (found ?? []).map((entry) => ({ name: entry.name, kind: kindOf(entry) }))
  }

  async isEmpty(): Promise<boolean> {
    return (await this.list('')).length === 0
  }

  async write(
    path: string,
    size: number,
    bytes: AsyncIterable<Uint8Array>,
    signal: AbortSignal,
  ): Promise<void> {
    const segments = segmentsToWrite(path)
    const checked = exactly(path, size, bytes, signal)
    if (segments.length === 1 || (await this.#find(segments)) === undefined) {
      await this.#makeFolders(segments.slice(0, -1))
    }
    await using file = await createDurableFile(join(this.#root, ...segments))
    for await (const chunk of checked) await file.write(chunk)
    signal.throwIfAborted()
    await file.keep()
  }

  async remove(path: string): Promise<void> {
    const place = await this.#find(segmentsOf(path))
    if (place !== undefined) await ifThere(`removing ${place}`, () => unlink(place))
  }

  /** Each `write` was durable on its own. */
  async finish(): Promise<void> {}

  async [Symbol.asyncDispose](): Promise<void> {}

  /** undefined where a folder on the way is missing. @throws DirectoryError `path` where one is not a folder */
  async #find(segments: readonly string[]): Promise<string | undefined> {
    let place = this.#root
    for (const segment of segments.slice(0, -1)) {
      place = join(place, segment)
      const here = place
      const found = await ifThere(`looking at ${here}`, () => lstat(here))
      if (found === undefined) return undefined
      if (!found.isDirectory()) throw new DirectoryError('path', `${here} is not a folder`)
    }
    return join(place, segments.at(-1) ?? '')
  }

  async #makeFolders(segments: readonly string[]): Promise<void> {
    await onDisk(`making the folder ${this.#root}`, async () => {
      // Those above it are not part of it, and get the usual rights.
      const above = await makeFolders(dirname(this.#root))
      const folder = join(this.#root, ...segments)
      const below = await makeFolders(folder, ownerOnly)
      const made = above ?? below
      if (made === undefined) return
      for (let place = folder; place.length >= made.length; place = dirname(place)) {
        await syncFolder(dirname(place))
      }
    })
  }
}

const ownerOnly = 0o700

function kindOf(entry: Dirent): DirectoryEntry['kind'] {
  if (entry.isFile()) return 'file'
  return entry.isDirectory() ? 'folder' : 'other'
}

function notPlain(path: string): DirectoryError {
  return new DirectoryError('path', `${basename(path)} is not a plain file (${path})`)
}
