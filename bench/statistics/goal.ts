import { pairedRatios, type Round, valuesOf } from './round.ts'
import { spreadOf } from './spread.ts'

export type Goal =
  /** At least `times` what each of the targets does, and so of the better one. For rows where more is better. */
  | { readonly times: number; readonly against: readonly string[] }
  /** At most `atMost` times what each of the targets does. For rows where less is better. */
  | { readonly atMost: number; readonly against: readonly string[] }
  /** For rows where less is better; of the first target where no other is named. */
  | { readonly below: number; readonly unit: string; readonly of?: string }
  /** Of the first target. For rows where more is better. */
  | { readonly atLeast: number; readonly unit: string }
  | { readonly either: readonly Goal[] }
  | { readonly all: readonly Goal[] }

/** `open`: it was not measured well enough to say. */
export interface Verdict {
  readonly state: 'met' | 'missed' | 'open'
  readonly why: string
}

/** With fewer rounds a quartile says little. */
export const leastRounds = 7

/** A goal is met when the worse quartile meets it: a lucky half of the rounds is not enough. */
export function judge(goal: Goal, subject: string, rounds: readonly Round[]): Verdict {
  if ('either' in goal) return verdictOf(goal.either, subject, rounds, ['met', 'open', 'missed'])
  if ('all' in goal) return verdictOf(goal.all, subject, rounds, ['missed', 'open', 'met'])
  if ('below' in goal) {
    const { of = subject } = goal
    return judged(valuesOf(rounds, of), of, (spread) => [
      spread.upperQuartile,
      spread.upperQuartile < goal.below,
    ])
  }
  if ('atLeast' in goal)
    return judged(valuesOf(rounds, subject), subject, (spread) => [
      spread.lowerQuartile,
      spread.lowerQuartile >= goal.atLeast,
    ])
  const each = goal.against.map((target) =>
    judged(pairedRatios(rounds, subject, target), target, (spread) => {
      if ('atMost' in goal) return [spread.upperQuartile, spread.upperQuartile <= goal.atMost]
      return [spread.lowerQuartile, spread.lowerQuartile >= goal.times]
    }),
  )
  return strongest(each, ['missed', 'open', 'met'])
}

export function wordsOf(goal: Goal): string {
  if ('either' in goal) return goal.either.map(wordsOf).join(', or ')
  if ('all' in goal) return goal.all.map(wordsOf).join(', and ')
  if ('below' in goal) return `${goal.of === undefined ? '' : `${goal.of} `}< ${goal.below} ${goal.unit}`
  if ('atLeast' in goal) return `≥ ${goal.atLeast.toLocaleString('en')} ${goal.unit}`
  if ('atMost' in goal) return `≤ ${goal.atMost}× ${goal.against.join(', ')}`
  return `≥ ${goal.times}× ${goal.against.length > 1 ? 'the best of ' : ''}${goal.against.join(', ')}`
}

function judged(
  values: readonly number[],
  name: string,
  judgement: (spread: ReturnType<typeof spreadOf>) => [worse: number, met: boolean],
): Verdict {
  if (values.length < leastRounds) {
    return { state: 'open', why: `${name}: ${values.length} of ${leastRounds} rounds` }
  }
  const [worse, met] = judgement(spreadOf(values))
  return { state: met ? 'met' : 'missed', why: `${name}: worse quartile ${Number(worse.toPrecision(3))}` }
}

function verdictOf(
  goals: readonly Goal[],
  subject: string,
  rounds: readonly Round[],
  order: readonly Verdict['state'][],
): Verdict {
  return strongest(
    goals.map((goal) => judge(goal, subject, rounds)),
    order,
  )
}

/** The state that comes first in the order, with what all verdicts of that state say. */
function strongest(verdicts: readonly Verdict[], order: readonly Verdict['state'][]): Verdict {
  const state = order.find((each) => verdicts.some((verdict) => verdict.state === each)) ?? 'open'
  const of = verdicts.filter((verdict) => verdict.state === state)
  return { state, why: of.map(({ why }) => why).join('; ') }
}
