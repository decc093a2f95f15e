import type { Digest } from '../../../domain/digest.ts'
import type { Blobs, BlobsCapabilities, ByteRange, FileName, OpenedBlob } from '../../../ports/blobs/blobs.ts'
import type { Clock } from '../../../ports/clock/clock.ts'
import type { Random } from '../../../ports/random/random.ts'
import { Claims } from '../shared/claims.ts'
import type { HashThread } from '../shared/hash-thread.ts'
import { LiveHashes } from '../shared/live-hashes.ts'
import { newFileName } from '../shared/new-file-name.ts'
import { Operations } from '../shared/operations.ts'
import { untilAborted } from '../shared/until-aborted.ts'
import { appendFile } from './append-file.ts'
import type { Buffers } from './buffers.ts'
import { claimFolder } from './claim-folder.ts'
import { ifThere, onDisk } from './fault.ts'
import { pathOf } from './file-names.ts'
import type { FileSystem } from './file-system.ts'
import type { FolderState } from './folder-state.ts'
import { type ListedFile, listFiles } from './list-files.ts'
import { probeFolder } from './probe-folder.ts'
import { openFile } from './read-file.ts'
import { sealFile } from './seal-file.ts'
import type { UnflushableFiles } from './unflushable-files.ts'

export interface FolderBlobsParts {
  readonly folder: string
  readonly clock: Pick<Clock, 'now'>
  readonly random: Pick<Random, 'bytes'>
  readonly fs: FileSystem
  readonly writeBuffers: Buffers
  readonly readBuffers: Buffers
  /** Absent: the caller's thread hashes all by itself. */
  readonly hashThread: HashThread | undefined
  readonly unflushable: UnflushableFiles
}

export class FolderBlobs implements Blobs {
  readonly can: BlobsCapabilities = { redirect: false, minAppend: 0 }
  readonly #parts: FolderBlobsParts
  readonly #state: FolderState
  readonly #operations = new Operations()
  readonly #claims = new Claims()

  constructor(parts: FolderBlobsParts) {
    this.#parts = parts
    const { folder, fs, clock, writeBuffers, readBuffers, hashThread, unflushable } = parts
    const hashes = new LiveHashes(hashThread, clock)
    this.#state = { folder, fs, writeBuffers, readBuffers, hashes, unflushable }
  }

  name(): FileName {
    this.#operations.assertOpen()
    const { clock, random } = this.#parts
    return newFileName(clock.now(), (bytes) => random.bytes(bytes))
  }

  append(
    file: FileName,
    offset: number,
    body: AsyncIterable<Uint8Array>,
    signal: AbortSignal,
  ): Promise<{ readonly length: number }> {
    return this.#claim(file, async () => {
      signal.throwIfAborted()
      return appendFile(this.#state, { file, offset, body: untilAborted(body, signal) })
    })
  }

  length(file: FileName): Promise<number> {
    return this.#operations.run(async () => {
      const path = pathOf(this.#state.folder, file)
      const found = await onDisk('looking at a file', () => ifThere(() => this.#state.fs.stat(path)))
      return found?.size ?? 0
    })
  }

  seal(file: FileName, want: Digest, signal: AbortSignal): Promise<{ readonly length: number }> {
    return this.#claim(file, () => sealFile(this.#state, { file, want, signal }))
  }

  open(file: FileName, range: ByteRange | undefined, signal: AbortSignal): Promise<OpenedBlob | undefined> {
    return this.#operations.run(() => openFile(this.#state, { file, range, signal }))
  }

  /** Not flushed: a file that comes back after a power cut has no row, and the sweep finds it. */
  remove(file: FileName): Promise<void> {
    return this.#operations.run(async () => {
      const path = pathOf(this.#state.folder, file)
      this.#state.hashes.forget(file)
      await onDisk('removing a file', () => ifThere(() => this.#state.fs.unlink(path)))
    })
  }

  async *list(after?: FileName): AsyncIterable<ListedFile> {
    this.#operations.assertOpen()
    yield* listFiles(this.#state, after)
  }

  probe(): Promise<void> {
    return this.#operations.run(() => probeFolder(this.#state))
  }

  claimFor(owner: string): Promise<string> {
    return this.#operations.run(() => claimFolder(this.#state, owner))
  }

  freeBytes(): Promise<number> {
    return onDisk('asking for the free space', () => this.#state.fs.freeBytes(this.#state.folder))
  }

  async close(): Promise<void> {
    await this.#operations.close()
    await this.#parts.hashThread?.close()
  }

  #claim<T>(file: FileName, work: () => Promise<T>): Promise<T> {
    return this.#operations.run(() => this.#claims.during(file, work))
  }
}
