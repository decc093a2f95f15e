/** `unreachable`: nobody answers, or not in time; something may have been taken. `refused`: it answered that it will not. */
export type RatesErrorKind = 'unreachable' | 'refused'

export class RatesError extends Error {
  readonly kind: RatesErrorKind

  constructor(kind: RatesErrorKind, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'RatesError'
    this.kind = kind
  }
}
