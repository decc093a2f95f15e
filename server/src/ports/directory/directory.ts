/**
 * A place outside the data folder: a backup, an image layout. Paths are relative, of segments between slashes; engines
 * check each, also those they find, and follow no link. Errors are DirectoryError.
 */
export interface DirectoryReader extends AsyncDisposable {
  /** undefined: there is no such file. @throws DirectoryError `path` where it is something else than a plain file */
  size(path: string): Promise<number | undefined>
  /** undefined: there is no such file. Disposal closes. */
  open(path: string, signal: AbortSignal): Promise<OpenedFile | undefined>
  /** What stands right in a folder, in no order; '' is the whole. Empty where there is no such folder. */
  list(folder: string): Promise<readonly DirectoryEntry[]>
}

export interface DirectoryWriter extends AsyncDisposable {
  /** Nothing stands there yet. */
  isEmpty(): Promise<boolean>
  /**
   * The file with all of its bytes, or as it was before: they are written under another name, flushed, and then given
   * theirs. Folders come to be as they are needed. `size`: how many bytes there are. What `bytes` throws is passed on.
   * Of calls at once, an engine may let one wait for the other.
   * @throws DirectoryError `size`, `path`; the signal's reason
   */
  write(path: string, size: number, bytes: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void>
  /** On return, what was written survives a power cut. An engine that is one file has that file only now. */
  finish(): Promise<void>
}

/** One that can be brought up to date. */
export interface Directory extends DirectoryReader, DirectoryWriter {
  /** Nothing where there is no such file. */
  remove(path: string): Promise<void>
}

export interface OpenedFile extends AsyncDisposable {
  readonly size: number
  /** To be iterated once. Chunks may be reused by the engine: use each before asking for the next. */
  readonly bytes: AsyncIterable<Uint8Array>
}

export interface DirectoryEntry {
  readonly name: string
  /** `other`: links, devices and the like, which nobody opens. */
  readonly kind: 'file' | 'folder' | 'other'
}

export const directoryLimits: {
  /** Characters of a path. */
  readonly path: 512
  /** Segments of a path. */
  readonly depth: 16
} = { path: 512, depth: 16 }

/** Files that are not whole yet end on this; what a crash leaves of them is listed, and cannot be written by that name. */
export const partialSuffix = '.partial'
