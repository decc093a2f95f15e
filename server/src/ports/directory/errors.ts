/**
 * `path`: not a path that may be named, or something else than a plain file stands there. `size`: the bytes were not as many
 * as announced. `full`: no space. `denied`: no right to it. `transient`: try again. `permanent`: trying again will not help.
 */
export type DirectoryErrorKind = 'path' | 'size' | 'full' | 'denied' | 'transient' | 'permanent'

export class DirectoryError extends Error {
  readonly kind: DirectoryErrorKind

  constructor(kind: DirectoryErrorKind, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'DirectoryError'
    this.kind = kind
  }
}
