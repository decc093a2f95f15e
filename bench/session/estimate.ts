import { lackOf, type Targets } from './measure.ts'
import { noResults, type RowResults } from './results.ts'
import type { Row } from './row.ts'

export interface Wish {
  readonly rounds: number
  readonly seconds: number
}

/** How many seconds are ahead, roughly: of the rounds that are not there yet, on the targets that are. */
export function estimate(
  rows: readonly Row[],
  known: Readonly<Record<string, RowResults>>,
  { rounds, seconds }: Wish,
  targets: Targets,
): number {
  return rows.reduce((sum, row) => {
    const missing = rounds - (known[row.name] ?? noResults).rounds.length
    const present = row.targets.filter((name) => lackOf(row, name, targets) === undefined).length
    return missing > 0 ? sum + present * (row.checkTakes + missing * row.takes(seconds)) : sum
  }, 0)
}

export function minutes(seconds: number): string {
  return seconds < 60 ? 'less than a minute' : `some ${Math.ceil(seconds / 60)} minutes`
}
