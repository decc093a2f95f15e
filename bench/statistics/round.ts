/** One turn through all targets of a row, one after the other. */
export interface Turn {
  /** ISO 8601. */
  readonly at: string
  /** The machine's one-minute load average when it began. */
  readonly load: number
  /** The same when it ended. */
  readonly loadAfter: number
  /** The part of all processors' time that others than the harness and its children took; absent where nobody counts it. */
  readonly foreign?: number
  /** What was measured: by target, and there by figure. */
  readonly values: Readonly<Record<string, Readonly<Record<string, number>>>>
}

/** One figure of a turn, by target. */
export interface Round {
  readonly values: Readonly<Record<string, number>>
}

export function roundsOf(turns: readonly Turn[], figure: string): Round[] {
  return turns.map(({ values }) => ({
    values: Object.fromEntries(
      Object.entries(values).flatMap(([target, figures]) => {
        const value = figures[figure]
        return value === undefined ? [] : [[target, value]]
      }),
    ),
  }))
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
