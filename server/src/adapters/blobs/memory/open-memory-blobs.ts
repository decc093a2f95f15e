import { createHash } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Digest, digestAlgorithm, digestHex } from '../../../domain/digest.ts'
import type { Blobs, BlobsCapabilities, ByteRange, FileName, OpenedBlob } from '../../../ports/blobs/blobs.ts'
import { Claims } from '../shared/claims.ts'
import { Operations } from '../shared/operations.ts'
import { assertOffset, assertRange, assertUnsealed, digestMismatch } from '../shared/refusals.ts'
import { untilAborted } from '../shared/until-aborted.ts'
import { type MemoryFile, type MemoryFiles, newMemoryFiles } from './memory-files.ts'

export interface MemoryBlobsOptions {
  /** Files that an earlier engine left: opening them again is what a new process does. */
  readonly files?: MemoryFiles
}

/** Bytes that are hashed before other work gets its turn. */
const hashSlice = 1_048_576

/** Blobs in this process's memory. Costs nothing to open; names are numbered, so that a run repeats. */
export function openMemoryBlobs(options: MemoryBlobsOptions = {}): Blobs {
  return new MemoryBlobs(options.files ?? newMemoryFiles())
}

class MemoryBlobs implements Blobs {
  readonly can: BlobsCapabilities = { redirect: false, minAppend: 0 }
  readonly #files: MemoryFiles
  readonly #operations = new Operations()
  readonly #claims = new Claims()

  constructor(files: MemoryFiles) {
    this.#files = files
  }

  name(): FileName {
    this.#operations.assertOpen()
    this.#files.names += 1
    return `file-${String(this.#files.names).padStart(12, '0')}` as FileName
  }

  append(
    file: FileName,
    offset: number,
    body: AsyncIterable<Uint8Array>,
    signal: AbortSignal,
  ): Promise<{ readonly length: number }> {
    return this.#write(file, async () => {
      signal.throwIfAborted()
      const known = this.#files.byName.get(file)
      assertUnsealed(file, known?.sealed ?? false)
      assertOffset(file, offset, known?.length ?? 0)
      const kept = known ?? this.#create(file)
      for await (const chunk of untilAborted(body, signal)) {
        // A copy: the producer may use its buffer again.
        if (chunk.length > 0) kept.chunks.push(new Uint8Array(chunk))
        kept.length += chunk.length
      }
      return { length: kept.length }
    })
  }

  length(file: FileName): Promise<number> {
    return this.#operations.run(async () => this.#files.byName.get(file)?.length ?? 0)
  }

  seal(file: FileName, want: Digest, signal: AbortSignal): Promise<{ readonly length: number }> {
    return this.#write(file, async () => {
      const known = this.#files.byName.get(file)
      const actual = await hashOf(known?.chunks ?? [], want, signal)
      if (actual !== digestHex(want)) throw digestMismatch(file, want, actual)
      const kept = known ?? this.#create(file)
      kept.sealed = true
      return { length: kept.length }
    })
  }

  open(file: FileName, range: ByteRange | undefined, signal: AbortSignal): Promise<OpenedBlob | undefined> {
    return this.#operations.run(async () => {
      signal.throwIfAborted()
      const kept = this.#files.byName.get(file)
      if (kept === undefined) return undefined
      const size = kept.length
      assertRange(file, range, size)
      const { start, end } = range ?? { start: 0, end: size - 1 }
      return {
        size,
        bytes: readChunks(kept.chunks.slice(), { start, end }, signal),
        [Symbol.asyncDispose]: async () => undefined,
      }
    })
  }

  remove(file: FileName): Promise<void> {
    return this.#operations.run(async () => {
      this.#files.byName.delete(file)
    })
  }

  async *list(after?: FileName): AsyncIterable<{ readonly file: FileName; readonly length: number }> {
    this.#operations.assertOpen()
    const names = [...this.#files.byName.keys()].filter((name) => after === undefined || name > after).sort()
    for (const file of names) {
      const kept = this.#files.byName.get(file)
      if (kept !== undefined) yield { file, length: kept.length }
    }
  }

  claimFor(owner: string): Promise<string> {
    return this.#operations.run(async () => (this.#files.owner ??= owner))
  }

  close(): Promise<void> {
    return this.#operations.close()
  }

  #write<T>(file: FileName, work: () => Promise<T>): Promise<T> {
    return this.#operations.run(() => this.#claims.during(file, work))
  }

  #create(file: FileName): MemoryFile {
    const made: MemoryFile = { chunks: [], length: 0, sealed: false }
    this.#files.byName.set(file, made)
    return made
  }
}

async function hashOf(chunks: readonly Uint8Array[], want: Digest, signal: AbortSignal): Promise<string> {
  const hash = createHash(digestAlgorithm(want))
  let sinceTurn = 0
  for (const chunk of chunks) {
    signal.throwIfAborted()
    hash.update(chunk)
    sinceTurn += chunk.length
    if (sinceTurn < hashSlice) continue
    sinceTurn = 0
    await nextTurn()
  }
  signal.throwIfAborted()
  return hash.digest('hex')
}

async function* readChunks(
  chunks: readonly Uint8Array[],
  range: ByteRange,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  let start = 0
  for (const chunk of chunks) {
    signal.throwIfAborted()
    const part = chunk.subarray(Math.max(0, range.start - start), Math.max(0, range.end + 1 - start))
    start += chunk.length
    if (part.length > 0) yield part
    if (start > range.end) return
  }
}
