import type { RowResults } from '../session/results.ts'
import { type Figure, figureName, type Row } from '../session/row.ts'
import { judge, type Verdict, wordsOf } from '../statistics/goal.ts'
import { pairedRatios, roundsOf, type Turn, valuesOf } from '../statistics/round.ts'
import { type Spread, spreadOf } from '../statistics/spread.ts'

/** All that there is to say of a figure of a row, in numbers. */
export interface RowReport {
  readonly name: string
  readonly unit: string
  readonly better: 'more' | 'less'
  readonly about?: string
  readonly rounds: number
  /** The least and the most load average at the begin of a round, and at the end of one. */
  readonly load?: { readonly before: Range; readonly after: Range }
  /** The rounds, counted from 1, in which others took more of the machine than `mostForeign`. */
  readonly disturbed: readonly { readonly round: number; readonly foreign: number }[]
  readonly lines: readonly Line[]
  readonly goal?: { readonly words: string } & Verdict
}

export interface Range {
  readonly least: number
  readonly most: number
}

export interface Line {
  readonly target: string
  readonly values?: Spread
  /** The first target's value divided by this one's, round by round. */
  readonly ratios?: Spread
  /** Why it is not in all rounds. */
  readonly absent?: string
}

/** The part of all processors beyond which others spoil a round. */
export const mostForeign = 0.1

export function reportRow(row: Row, results: RowResults): RowReport[] {
  return row.figures.map((figure) => reportFigure(row, figure, results))
}

function reportFigure(row: Row, figure: Figure, { absent, rounds: turns }: RowResults): RowReport {
  const [subject = ''] = row.targets
  const rounds = roundsOf(turns, figure.id)
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
  return {
    name: figureName(row, figure),
    unit: figure.unit,
    better: figure.better,
    ...(row.about !== undefined && { about: row.about }),
    rounds: turns.length,
    ...(turns.length > 0 && {
      load: {
        before: rangeOf(turns.map(({ load }) => load)),
        after: rangeOf(turns.map(({ loadAfter }) => loadAfter)),
      },
    }),
    disturbed: disturbedOf(turns),
    lines,
    ...(figure.goal && { goal: { words: wordsOf(figure.goal), ...judge(figure.goal, subject, rounds) } }),
  }
}

function disturbedOf(turns: readonly Turn[]): RowReport['disturbed'] {
  return turns
    .map(({ foreign = 0 }, at) => ({ round: at + 1, foreign }))
    .filter(({ foreign }) => foreign > mostForeign)
}

function rangeOf(values: readonly number[]): Range {
  return { least: Math.min(...values), most: Math.max(...values) }
}
