/**
 * `transient`: nothing was applied, try again. `full`: nothing was applied, there is no space for it. `denied`: nothing was
 * applied, the process has lost the right to its data. `unknown`: commit only; repeat with the same batch id until there is
 * an outcome: what else a repeat throws speaks of that repeat alone. `permanent`: trying again will not help. What is `full`
 * or `denied` passes once somebody has seen to it, and not by trying at once.
 */
export type StoreErrorKind = 'transient' | 'full' | 'denied' | 'unknown' | 'permanent'

export interface StoreErrorOptions extends ErrorOptions {
  readonly isVoid?: boolean
  readonly isBusy?: boolean
}

export class StoreError extends Error {
  readonly kind: StoreErrorKind
  /**
   * Of a `transient` commit: the batch's id is void. Nothing of it was applied, nor will be under this id, whatever an
   * earlier try of the same id threw: an outcome that was unknown is known by this.
   */
  readonly isVoid: boolean
  /** Of a `transient` one: a bound of this process was met, such as that of its connections, and nothing is out of order. */
  readonly isBusy: boolean

  constructor(kind: StoreErrorKind, message: string, given: StoreErrorOptions = {}) {
    const { isVoid = false, isBusy = false, ...options } = given
    super(message, options)
    this.name = 'StoreError'
    this.kind = kind
    this.isVoid = isVoid
    this.isBusy = isBusy
  }
}
