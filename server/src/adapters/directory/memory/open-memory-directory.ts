import type { Directory, DirectoryEntry, OpenedFile } from '../../../ports/directory/directory.ts'
import { DirectoryError } from '../../../ports/directory/errors.ts'
import { segmentsOf, segmentsToWrite } from '../shared/checked-path.ts'
import { exactly } from '../shared/exactly.ts'

/** Files by path, in this process's memory: for tests. The map may be looked into, and given to a next one. */
export function openMemoryDirectory(files: Map<string, Uint8Array> = new Map()): Directory {
  return new MemoryDirectory(files)
}

class MemoryDirectory implements Directory {
  readonly #files: Map<string, Uint8Array>

  constructor(files: Map<string, Uint8Array>) {
    this.#files = files
  }

  async size(path: string): Promise<number | undefined> {
    return this.#file(path)?.length
  }

  async open(path: string, signal: AbortSignal): Promise<OpenedFile | undefined> {
    signal.throwIfAborted()
    const found = this.#file(path)
    if (found === undefined) return undefined
    const bytes = (async function* (): AsyncGenerator<Uint8Array> {
      if (found.length > 0) yield found
    })()
    return { size: found.length, bytes, [Symbol.asyncDispose]: async () => {} }
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

  async isEmpty(): Promise<boolean> {
    return this.#files.size === 0
  }

  async write(
    path: string,
    size: number,
    bytes: AsyncIterable<Uint8Array>,
    signal: AbortSignal,
  ): Promise<void> {
    const segments = segmentsToWrite(path)
    const blocked = segments
      .slice(0, -1)
      .some((_, at) => this.#files.has(segments.slice(0, at + 1).join('/')))
    if (blocked || (await this.list(path)).length > 0) {
      throw new DirectoryError('path', `${path}: a file and a folder cannot have one name`)
    }
    const chunks: Uint8Array[] = []
    // Copies: the producer may use its buffer again.
    for await (const chunk of exactly(path, size, bytes, signal)) chunks.push(Uint8Array.from(chunk))
    this.#files.set(path, Buffer.concat(chunks))
  }

  async remove(path: string): Promise<void> {
    segmentsOf(path)
    this.#files.delete(path)
  }

  async finish(): Promise<void> {}

  async [Symbol.asyncDispose](): Promise<void> {}

  #file(path: string): Uint8Array | undefined {
    segmentsOf(path)
    const found = this.#files.get(path)
    if (found !== undefined) return found
    for (const known of this.#files.keys()) {
      if (known.startsWith(`${path}/`)) throw new DirectoryError('path', `${path} is not a plain file`)
    }
    return undefined
  }
}
