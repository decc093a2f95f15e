/** One turn through all targets of a row, one after the other. */
export interface Round {
  /** ISO 8601. */
  readonly at: string
  /** The machine's one-minute load average when the round began. */
  readonly load: number
  /** What was measured, by target. */
  readonly values: Readonly<Record<string, number>>
}

export function valuesOf(rounds: readonly Round[], target: string): number[] {
  return rounds.map(({ values }) => values[target]).filter((value) => value !== undefined)
}

/** `one` / `other` of each round that has both. Neighbours in time see the same machine, so their ratio is steadier than they. */
export function pairedRatios(rounds: readonly Round[], one: string, other: string): number[] {
  return rounds.flatMap(({ values }) => {
    const [above, below] = [values[one], values[other]]
    return above === undefined || below === undefined ? [] : [above / below]
  })
}
