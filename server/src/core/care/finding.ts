/**
 * - `changed`, `short`, `missing`: content that is not what its digest says, has another length, has no file
 * - `unreadable`: the engine failed to read it, which may pass
 * - `orphan`: a file that no record knows
 * - `record`: a record that contradicts others
 */
export type Damage = 'changed' | 'short' | 'missing' | 'unreadable' | 'orphan' | 'record'

/**
 * - `mended`: a sound copy stood elsewhere and has taken its place; `recovered`: what was quarantined is sound again
 * - `quarantined`: not given out any more; the next push of that content mends it
 * - `trashed`: its bytes go with the trash; `told`: nothing was done
 */
export type Remedy = 'mended' | 'recovered' | 'quarantined' | 'trashed' | 'told'

export interface Finding {
  readonly damage: Damage
  readonly remedy: Remedy
  /** A digest, a file, or the key of a record. */
  readonly target: string
  /** For a person: what was found, against what was expected. */
  readonly what: string
  /** Where content is damaged: repositories that hold it, the first few. */
  readonly repositories?: readonly string[]
}

/** What a check tells as it goes. */
export interface Findings {
  tell(finding: Finding): void
}
