/**
 * `refused`: it may not be asked, or it leads to what may not. `unreachable`: nobody answered, or not in HTTP. `timeout`: not in
 * time. `too-large`: its answer is.
 */
export type OutgoingErrorKind = 'refused' | 'unreachable' | 'timeout' | 'too-large'

/** Its message says nothing of what a name stands for: whoever reads it may have named it to find that out. */
export class OutgoingError extends Error {
  readonly kind: OutgoingErrorKind

  constructor(kind: OutgoingErrorKind, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'OutgoingError'
    this.kind = kind
  }
}
