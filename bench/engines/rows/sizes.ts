/** How much of what is measured. */
export interface Sizes {
  /** In the database that is read from. */
  readonly artifacts: number
  /** The deep page of a list. */
  readonly page: number
  /** At most, in one measurement. */
  readonly created: number
  /** That are read from a cache again and again. */
  readonly cached: number
  /** Of the load in which few make most of it. */
  readonly zipf: { readonly entries: number; readonly reads: number }
  /** Of one object. */
  readonly bytes: number
  /** Of registries that are one. */
  readonly clients: number
}

export const usualSizes: Sizes = {
  artifacts: 1_000_000,
  page: 1_000,
  created: 8_000,
  cached: 500,
  zipf: { entries: 10_000, reads: 200_000 },
  bytes: 100 * 1024 * 1024,
  clients: 8,
}
