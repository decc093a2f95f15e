/**
 * `offset`, `sealed`: the caller is out of step. `digest`: the content has another. `full`: no space.
 * `transient`: try again. `permanent`: trying again will not help (rights, a broken disk).
 */
export type BlobsErrorKind = 'offset' | 'sealed' | 'digest' | 'full' | 'transient' | 'permanent'

export class BlobsError extends Error {
  readonly kind: BlobsErrorKind

  constructor(kind: BlobsErrorKind, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'BlobsError'
    this.kind = kind
  }
}
