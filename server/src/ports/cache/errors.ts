/**
 * `unreachable`: nobody answers, or the connection went while it was asked. `timeout`: no answer in time; what was asked may
 * still be done. `refused`: it answered that it will not. `closed`: the tier was closed.
 */
export type CacheTierErrorKind = 'unreachable' | 'timeout' | 'refused' | 'closed'

export class CacheTierError extends Error {
  readonly kind: CacheTierErrorKind

  constructor(kind: CacheTierErrorKind, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'CacheTierError'
    this.kind = kind
  }
}
