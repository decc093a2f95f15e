/**
 * `unavailable`: nobody answers, or the answer cannot be understood; asking later may help. `timeout`: no answer in time.
 * `foreign`: what is kept there is of another format, or was lost in part: it is to be built anew. `refused`: it answered that
 * it will not (rights, a full disk, a setting). `question`: it does not take this one question, and answers others. `closed`: the engine was closed.
 */
export type SearchErrorKind = 'unavailable' | 'timeout' | 'foreign' | 'refused' | 'question' | 'closed'

export class SearchError extends Error {
  readonly kind: SearchErrorKind

  constructor(kind: SearchErrorKind, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'SearchError'
    this.kind = kind
  }
}
