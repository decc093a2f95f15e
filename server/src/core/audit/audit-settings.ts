/** Settings `audit.<name>`; times in ms. */
export interface AuditSettings {
  /** False: nothing is written of who did what. */
  readonly record: boolean
  /** Entries that are older go; undefined: none does. */
  readonly keep: number | undefined
  /** Time between two looks for entries that are not sealed yet. */
  readonly sealInterval: number
  /** Time between two signed heads. */
  readonly headInterval: number
  /** Refusals that differ, held between two writings; those beyond are counted alone. */
  readonly refusalsHeld: number
  /** Time between two writings of refusals. */
  readonly refusalInterval: number
  /** Entries that one page of an answer looks at. */
  readonly scannedEntries: number
}

export const defaultAuditSettings: AuditSettings = {
  record: true,
  keep: undefined,
  sealInterval: 2_000,
  headInterval: 3_600_000,
  refusalsHeld: 400,
  refusalInterval: 1_000,
  scannedEntries: 10_000,
}
