/** `transient`: nothing was applied, try again. `unknown`: commit only; repeat with the same batch id. `permanent`: trying again will not help. */
export type StoreErrorKind = 'transient' | 'unknown' | 'permanent'

export class StoreError extends Error {
  readonly kind: StoreErrorKind

  constructor(kind: StoreErrorKind, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StoreError'
    this.kind = kind
  }
}
