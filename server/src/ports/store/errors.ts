/**
 * `transient`: nothing was applied, try again. `full`: nothing was applied, there is no space for it. `denied`: nothing was
 * applied, the process has lost the right to its data. `unknown`: commit only; repeat with the same batch id until there is
 * an outcome: what else a repeat throws speaks of that repeat alone. `permanent`: trying again will not help. What is `full`
 * or `denied` passes once somebody has seen to it, and not by trying at once.
 */
export type StoreErrorKind = 'transient' | 'full' | 'denied' | 'unknown' | 'permanent'

export class StoreError extends Error {
  readonly kind: StoreErrorKind

  constructor(kind: StoreErrorKind, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StoreError'
    this.kind = kind
  }
}
