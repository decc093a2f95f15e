/**
 * An answer as it was read from the store. Whether it still holds is not said here: it does where nothing that it was
 * made from has been touched at `mark` or later, as far as whoever asks has heard, and that has to reach back to `mark`.
 */
export interface FarAnswer {
  readonly value: unknown
  /** What keeping it in memory costs. */
  readonly bytes: number
  /** All of it was read after the store told that every commit below is seen (`Follower.current`). */
  readonly mark: number
  /** The order that `mark` belongs to (`Following.era`), since when it was taken. */
  readonly era: string
  /** Of the rows that it was made from (`row-hash.ts`). */
  readonly hashes: readonly number[]
}
