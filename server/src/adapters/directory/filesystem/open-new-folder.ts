import { randomBytes } from 'node:crypto'
import { rename, rm, rmdir, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { type DirectoryWriter, partialSuffix } from '../../../ports/directory/directory.ts'
import { segmentsToWrite } from '../shared/checked-path.ts'
import { ifThere, onDisk } from '../shared/disk-faults.ts'
import { syncFolder } from '../shared/durable-file.ts'
import { makeFolders } from '../shared/make-folders.ts'
import { openFolderDirectory } from './open-folder-directory.ts'

/**
 * A folder that has what is written only once that is whole: a new one its name, an empty one that is there what is in it,
 * in the order in which it was written. Disposal before that takes away what was written.
 */
export function openNewFolder(folder: string): DirectoryWriter {
  return new NewFolder(resolve(folder))
}

class NewFolder implements DirectoryWriter {
  readonly #folder: string
  readonly #suffix = `.${randomBytes(6).toString('hex')}${partialSuffix}`
  /** What stands right in the folder. */
  readonly #names = new Set<string>()
  #partial: Promise<Begun> | undefined

  constructor(folder: string) {
    this.#folder = folder
  }

  /** What a crash left of another try is nothing. */
  async isEmpty(): Promise<boolean> {
    if (this.#names.size > 0) return false
    const found = await openFolderDirectory(this.#folder).list('')
    return found.every(({ name, kind }) => kind === 'folder' && name.endsWith(partialSuffix))
  }

  async write(
    path: string,
    size: number,
    bytes: AsyncIterable<Uint8Array>,
    signal: AbortSignal,
  ): Promise<void> {
    const [name = ''] = segmentsToWrite(path)
    const { place } = await this.#begun()
    this.#names.add(name)
    await openFolderDirectory(place).write(path, size, bytes, signal)
  }

  async finish(): Promise<void> {
    const { place, within } = await this.#begun()
    await onDisk(`keeping ${this.#folder}`, async () => {
      await makeFolders(place, ownerOnly)
      if (within) {
        for (const name of this.#names) await rename(join(place, name), join(this.#folder, name))
        await rmdir(place)
        await syncFolder(this.#folder)
      } else {
        await rename(place, this.#folder)
        await syncFolder(dirname(this.#folder))
      }
    })
    this.#partial = undefined
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const begun = await this.#partial
    if (begun === undefined) return
    await onDisk(`removing ${begun.place}`, () => rm(begun.place, { recursive: true, force: true }))
  }

  async #begun(): Promise<Begun> {
    this.#partial ??= this.#begin()
    return await this.#partial
  }

  /** Within a folder that is there: it may be a mount, or this user may change nothing beside it. */
  async #begin(): Promise<Begun> {
    const within = (await ifThere(`looking at ${this.#folder}`, () => stat(this.#folder))) !== undefined
    return {
      place: within ? join(this.#folder, this.#suffix.slice(1)) : `${this.#folder}${this.#suffix}`,
      within,
    }
  }
}

interface Begun {
  readonly place: string
  readonly within: boolean
}

const ownerOnly = 0o700
