import type { Digest } from '../../../domain/digest.ts'
import type { Blobs, BlobsCapabilities, ByteRange, FileName, OpenedBlob } from '../../../ports/blobs/blobs.ts'
import { Claims } from '../shared/claims.ts'
import type { HashThread } from '../shared/hash-thread.ts'
import { newFileName } from '../shared/new-file-name.ts'
import { Operations } from '../shared/operations.ts'
import { untilAborted } from '../shared/until-aborted.ts'
import { appendFile } from './append-file.ts'
import { claimBucket } from './claim-bucket.ts'
import { linkFile } from './link-file.ts'
import { type ListedFile, listFiles } from './list-files.ts'
import { headObject } from './objects.ts'
import { openFile } from './open-file.ts'
import { OpenReaders } from './open-readers.ts'
import { probeBucket } from './probe-bucket.ts'
import { removeFile } from './remove-file.ts'
import { requireBucket } from './require-bucket.ts'
import type { S3State } from './s3-state.ts'
import { sealFile } from './seal-file.ts'
import { lengthOf, lookAtTail } from './tails.ts'
import { tidyFiles } from './tidy-files.ts'

export interface S3BlobsParts {
  readonly state: S3State
  readonly redirect: boolean
  readonly hashThread: HashThread | undefined
}

export class S3Blobs implements Blobs {
  readonly can: BlobsCapabilities
  readonly redirect?: (file: FileName, lifetimeMs: number) => Promise<URL>
  readonly #state: S3State
  readonly #hashThread: HashThread | undefined
  readonly #operations = new Operations()
  readonly #claims = new Claims()
  readonly #readers: OpenReaders

  constructor({ state, redirect, hashThread }: S3BlobsParts) {
    this.#state = state
    this.#hashThread = hashThread
    this.#readers = new OpenReaders(() => state.clients.reads.destroy())
    // Any will do; larger ones are cheaper: what is too short for a part is written anew with each.
    this.can = { redirect, minAppend: 0, maxBytes: state.plan.mostBytes }
    if (redirect)
      this.redirect = (file, lifetimeMs) => this.#operations.run(() => linkFile(state, file, lifetimeMs))
  }

  name(): FileName {
    this.#operations.assertOpen()
    const { clock, random } = this.#state
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
      return appendFile(this.#state, { file, offset, body: untilAborted(body, signal), signal })
    })
  }

  length(file: FileName): Promise<number> {
    return this.#operations.run(async () => {
      const key = this.#state.keys.blob(file)
      const underWay = this.#state.underWay.get(file)
      if (underWay !== undefined) return await underWay.kept()
      const [sealed, tail] = await Promise.all([headObject(this.#state, key), lookAtTail(this.#state, file)])
      if (sealed === undefined && tail === undefined) await requireBucket(this.#state)
      return sealed?.length ?? lengthOf(tail)
    })
  }

  seal(file: FileName, want: Digest, signal: AbortSignal): Promise<{ readonly length: number }> {
    return this.#claim(file, () => sealFile(this.#state, { file, want, signal }))
  }

  open(file: FileName, range: ByteRange | undefined, signal: AbortSignal): Promise<OpenedBlob | undefined> {
    return this.#operations.run(async () =>
      this.#readers.count(await openFile(this.#state, { file, range, signal })),
    )
  }

  remove(file: FileName): Promise<void> {
    return this.#operations.run(() => removeFile(this.#state, file))
  }

  async *list(after?: FileName): AsyncIterable<ListedFile> {
    this.#operations.assertOpen()
    yield* listFiles(this.#state, after)
  }

  probe(): Promise<void> {
    return this.#operations.run(() => probeBucket(this.#state))
  }

  claimFor(owner: string): Promise<string> {
    return this.#operations.run(() => claimBucket(this.#state, owner))
  }

  async *tidy(before: number, signal: AbortSignal): AsyncIterable<string> {
    this.#operations.assertOpen()
    yield* tidyFiles(this.#state, before, signal)
  }

  async close(): Promise<void> {
    await this.#operations.close()
    this.#state.clients.calls.destroy()
    this.#state.clients.links.destroy()
    this.#readers.close()
    await this.#hashThread?.close()
  }

  #claim<T>(file: FileName, work: () => Promise<T>): Promise<T> {
    return this.#operations.run(() => this.#claims.during(file, work))
  }
}
