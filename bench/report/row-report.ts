import type { RowResults } from '../session/results.ts'
import type { Row } from '../session/row.ts'
import { judge, type Verdict, wordsOf } from '../statistics/goal.ts'
import { pairedRatios, valuesOf } from '../statistics/round.ts'
import { type Spread, spreadOf } from '../statistics/spread.ts'

/** All that there is to say of a row, in numbers. */
export interface RowReport {
  readonly name: string
  readonly unit: string
  readonly better: 'more' | 'less'
  readonly about?: string
  readonly rounds: number
  /** The least and the most load average at the begin of a round. */
  readonly load?: { readonly least: number; readonly most: number }
  readonly lines: readonly Line[]
  readonly goal?: { readonly words: string } & Verdict
}

export interface Line {
  readonly target: string
  readonly values?: Spread
  /** The first target's value divided by this one's, round by round. */
  readonly ratios?: Spread
  /** Why it is not in all rounds. */
  readonly absent?: string
}

export function reportRow(row: Row, { absent, rounds }: RowResults): RowReport {
  const [subject = ''] = row.targets
  const lines = row.targets.map((target): Line => {
    const values = valuesOf(rounds, target)
    const ratios = target === subject ? [] : pairedRatios(rounds, subject, target)
    const why = absent[target] ?? (values.length === 0 ? 'not measured' : undefined)
    return {
      target,
      ...(values.length > 0 && { values: spreadOf(values) }),
      ...(ratios.length > 0 && { ratios: spreadOf(ratios) }),
      ...(why !== undefined && { absent: why }),
    }
  })
  const loads = rounds.map(({ load }) => load)
  return {
    name: row.name,
    unit: row.unit,
    better: row.better,
    ...(row.about !== undefined && { about: row.about }),
    rounds: rounds.length,
    ...(loads.length > 0 && { load: { least: Math.min(...loads), most: Math.max(...loads) } }),
    lines,
    ...(row.goal && { goal: { words: wordsOf(row.goal), ...judge(row.goal, subject, rounds) } }),
  }
}
