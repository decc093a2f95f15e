import type { Migration } from './table.ts'

/** A table that goes with its rows, or a column with what `rows` rows have in it beyond what it was filled with. */
export interface Loss {
  readonly table: string
  readonly column?: string
  readonly rows: number
}

/** From the version at which the records stand to that of an earlier release. */
export interface WayBack {
  readonly from: number
  readonly to: number
  /** What is taken back, in this order. */
  readonly migrations: readonly Pick<Migration, 'version' | 'name'>[]
  readonly losses: readonly Loss[]
}

/** The records of a registry, which nobody else opens meanwhile. Throws StoreError. */
export interface Downgrade extends AsyncDisposable {
  /** At which they stand. */
  readonly version: number
  /** Changes nothing. Throws `permanent` where `to` is no earlier version, of 1 and more. */
  plan(to: number): Promise<WayBack>
  /**
   * Copies the records beside themselves, then takes the migrations back: all of them, or none where it is cut off. An
   * engine that cannot do that as one keeps everybody out instead, until it has been gone on with.
   * Answers where the copy is. Throws as `plan`, and `full`.
   */
  run(to: number): Promise<string>
}
