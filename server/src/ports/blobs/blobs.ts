import type { Digest } from '../../domain/digest.ts'

/** Names one file for ever; says nothing of its content. */
export type FileName = string & { readonly brand: 'FileName' }

/** `start` to `end`, both counted from 0 and both included. Resolved against the size before it comes here. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

export interface OpenedBlob extends AsyncDisposable {
  /** Of the whole file, whatever range was asked for. */
  readonly size: number
  /** To be iterated once. Chunks may be reused by the engine: use each before asking for the next. */
  readonly bytes: AsyncIterable<Uint8Array>
}

export interface BlobsCapabilities {
  /** `redirect` is there. */
  readonly redirect: boolean
  /** An append that is not the last must bring at least so many bytes; 0 where any will do. */
  readonly minAppend: number
  /** Of the largest file that can be sealed; absent: as many as there is space for. */
  readonly maxBytes?: number
}

/**
 * Files that know nothing of digests. A name is never used twice; what a file is for, and whether it may go,
 * stands in the store. Errors are BlobsError.
 */
export interface Blobs {
  readonly can: BlobsCapabilities
  /** A name never given before. Creates nothing: commit its `files` row first. */
  name(): FileName
  /**
   * Writes `body` at `offset`, which must be the file's length (0 creates it), and answers the new length.
   * One appender at a time (the caller holds the row). Back-pressure by iteration. What came before a failure
   * of `body` or an abort is kept; `length` tells how much, also where an engine that found no space gave back what it wrote. Survives a process, not yet a power cut. Settles only
   * when its last write has returned. An error of `body`, and the signal's reason, are passed on as they are.
   * @throws BlobsError `offset` where the file's length is another, `sealed` after `seal`; the body is not read then.
   * An engine that sees a second write to the file while one is under way may refuse it as `transient`.
   */
  append(
    file: FileName,
    offset: number,
    body: AsyncIterable<Uint8Array>,
    signal: AbortSignal,
  ): Promise<{ readonly length: number }>
  /** Bytes kept so far: where an upload resumes. 0 where nothing was written yet. */
  length(file: FileName): Promise<number>
  /**
   * Verifies the stored bytes; then bytes and folder entry survive a power cut. Repeatable; after one that failed
   * by `digest` the file is of no further use. Required before a row in `blobs`. Seals an empty file too.
   * @throws BlobsError `digest` where the content has another digest; the signal's reason where it aborts
   */
  seal(file: FileName, want: Digest, signal: AbortSignal): Promise<{ readonly length: number }>
  /**
   * undefined: no such file (read the row again). An opened reader outlives `remove`. Disposal closes, never deletes.
   * @throws BlobsError where the range is not within the file, at once or by `bytes`: it is never cut short
   */
  open(file: FileName, range: ByteRange | undefined, signal: AbortSignal): Promise<OpenedBlob | undefined>
  redirect?(file: FileName, lifetimeMs: number): Promise<URL>
  /** Idempotent; unsealed parts too. Called by the trash job alone. */
  remove(file: FileName): Promise<void>
  /** Every file, sealed or not, in the order of their names, after `after`. A file that comes or goes meanwhile may be missing or there. */
  list(after?: FileName): AsyncIterable<{ readonly file: FileName; readonly length: number }>
  /**
   * Writes a few bytes so that they survive a power cut, and removes them again. What it writes is no file: never listed.
   * @throws BlobsError as an `append` or a `seal` would
   */
  probe?(): Promise<void>
  /** Bytes that can still be written where the files are, as far as that is known. */
  freeBytes?(): Promise<number>
  /**
   * Whose files they all are: where nobody is named yet it names `owner` (1 to 200 visible ASCII characters), so that it
   * survives a power cut. Answers who is named. Two registries on the same files would each take the other's for orphans.
   */
  claimFor?(owner: string): Promise<string>
  /**
   * Takes away what only the engine knows of and nobody will come back for, such as parts of a file of which nothing was
   * ever listed, begun before `before` (ms since 1970). Yields a name for each, once it is gone.
   */
  tidy?(before: number, signal: AbortSignal): AsyncIterable<string>
  /** Waits for calls under way, not for opened readers; later calls throw BlobsError `permanent`. Idempotent. */
  close(): Promise<void>
}
