import { stat } from 'node:fs/promises'
import type { DirectoryWriter } from '../../../ports/directory/directory.ts'
import { DirectoryError } from '../../../ports/directory/errors.ts'
import { segmentsToWrite } from '../shared/checked-path.ts'
import { ifThere } from '../shared/disk-faults.ts'
import { createDurableFile, type DurableFile } from '../shared/durable-file.ts'
import { exactly } from '../shared/exactly.ts'
import { blockBytes, padding, writeHeader } from './tar-header.ts'

/** A tar archive of what is written, in that order; it has its name only once it is whole. */
export function openTarWriter(archive: string): DirectoryWriter {
  return new TarWriter(archive)
}

class TarWriter implements DirectoryWriter {
  readonly #archive: string
  readonly #written = new Set<string>()
  #file: DurableFile | undefined
  #last: Promise<void> = Promise.resolve()
  #broken = false

  constructor(archive: string) {
    this.#archive = archive
  }

  async isEmpty(): Promise<boolean> {
    const there = await ifThere(`looking at ${this.#archive}`, () => stat(this.#archive))
    return there === undefined && this.#written.size === 0
  }

  /** One after the other: their bytes stand behind each other. */
  async write(
    path: string,
    size: number,
    bytes: AsyncIterable<Uint8Array>,
    signal: AbortSignal,
  ): Promise<void> {
    const segments = segmentsToWrite(path)
    const turn = this.#last.then(() => this.#append(segments, size, bytes, signal))
    this.#last = turn.catch(() => undefined)
    await turn
  }

  async finish(): Promise<void> {
    await this.#last
    if (this.#broken) throw new DirectoryError('permanent', `${this.#archive} has a file that is not whole`)
    const file = await this.#opened()
    await file.write(Buffer.alloc(2 * blockBytes))
    await file.keep()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file?.[Symbol.asyncDispose]()
  }

  async #append(
    segments: readonly string[],
    size: number,
    bytes: AsyncIterable<Uint8Array>,
    signal: AbortSignal,
  ): Promise<void> {
    const path = segments.join('/')
    if (this.#broken) throw new DirectoryError('permanent', `${this.#archive} has a file that is not whole`)
    if (this.#written.has(path)) throw new DirectoryError('path', `${path} stands in the archive already`)
    signal.throwIfAborted()
    const file = await this.#opened()
    this.#broken = true
    for (let depth = 1; depth < segments.length; depth++) {
      const folder = `${segments.slice(0, depth).join('/')}/`
      if (this.#written.has(folder)) continue
      this.#written.add(folder)
      await file.write(writeHeader(folder, 'folder', 0))
    }
    this.#written.add(path)
    await file.write(writeHeader(path, 'file', size))
    for await (const chunk of exactly(path, size, bytes, signal)) await file.write(chunk)
    await file.write(padding(size))
    this.#broken = false
  }

  async #opened(): Promise<DurableFile> {
    this.#file ??= await createDurableFile(this.#archive)
    return this.#file
  }
}
