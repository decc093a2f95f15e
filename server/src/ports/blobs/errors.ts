/**
 * `offset`, `sealed`: the caller is out of step. `digest`: the content has another. `full`: no space. `denied`: the process
 * has lost the right to its files. `name`: not one that this engine gives. `transient`: try again. `busy`: try again later; a bound of the engine's own, and no fault. `permanent`: trying again will not help (a broken disk).
 */
export type BlobsErrorKind =
  | 'offset'
  | 'sealed'
  | 'digest'
  | 'full'
  | 'denied'
  | 'name'
  | 'transient'
  | 'busy'
  | 'permanent'

export class BlobsError extends Error {
  readonly kind: BlobsErrorKind

  constructor(kind: BlobsErrorKind, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'BlobsError'
    this.kind = kind
  }
}
