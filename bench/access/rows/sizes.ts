import type { RightsSizes } from '../rights/made-facts.ts'

export interface Sizes {
  /** Of the audit log that is verified. */
  readonly entries: number
  /** At most, in one measurement. */
  readonly created: number
  readonly rights: RightsSizes
  /** Who can log in, each once in a measurement. */
  readonly people: number
  /** Logins one after the other. */
  readonly checks: number
  /** Before a server is measured: each of its threads has a compiler of its own, which wants some seconds. */
  readonly warmSeconds: number
}

export const usualSizes: Sizes = {
  entries: 1_000_000,
  created: 20_000,
  rights: { grants: 10_000, teams: 1_000, users: 5_000 },
  people: 5_000,
  checks: 20,
  warmSeconds: 5,
}
