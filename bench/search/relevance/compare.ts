import { type Interval, pairedInterval } from './bootstrap.ts'
import type { Half } from './halves.ts'
import { mean, ndcgDepth } from './measure.ts'
import { type Kind, kinds } from './queries.ts'
import type { QueryScore } from './score-queries.ts'

/** What a contender has reached, over the same queries in the same order as all others. */
export interface Scored {
  readonly name: string
  readonly scores: readonly QueryScore[]
}

export interface Standing {
  readonly name: string
  readonly ndcg: number
  readonly recall: number
  /** Query by query, less what the baseline has; undefined for itself. */
  readonly ndcgGain: Interval | undefined
  readonly recallGain: Interval | undefined
  /** Queries without an answer, which count as 0. */
  readonly silent: number
  /** Names among the first ten that nobody has judged, which count as 0. */
  readonly unjudged: number
  readonly ndcgOfKind: Readonly<Record<Kind, number>>
}

/** The standing of each on one half, in their order. */
export function standingsOf(all: readonly Scored[], baseline: Scored, half: Half): readonly Standing[] {
  const ofHalf = ({ scores }: Scored): readonly QueryScore[] =>
    scores.filter(({ query }) => query.half === half)
  const base = ofHalf(baseline)
  return all.map((one) => {
    const scores = ofHalf(one)
    const gain = (value: (score: QueryScore) => number): Interval | undefined =>
      one === baseline ? undefined : pairedInterval(scores.map(value), base.map(value))
    const ofKind = (kind: Kind): readonly [Kind, number] => [
      kind,
      mean(scores.filter(({ query }) => query.kind === kind).map(({ ndcg }) => ndcg)),
    ]
    return {
      name: one.name,
      ndcg: mean(scores.map(({ ndcg }) => ndcg)),
      recall: mean(scores.map(({ recall }) => recall)),
      ndcgGain: gain(({ ndcg }) => ndcg),
      recallGain: gain(({ recall }) => recall),
      silent: scores.filter(({ answer }) => answer.length === 0).length,
      unjudged: scores.reduce((sum, { unjudged }) => sum + unjudged.length, 0),
      ndcgOfKind: Object.fromEntries(kinds.map(ofKind)) as Record<Kind, number>,
    }
  })
}

/** How much of their first ten two have in common, 0 to 1: the mean over all queries. Two without an answer agree. */
export function overlapOf(one: Scored, other: Scored): number {
  return mean(
    one.scores.map(({ answer }, at) => {
      const [a, b] = [answer, other.scores[at]?.answer ?? []].map((each) => new Set(each.slice(0, ndcgDepth)))
      if (a === undefined || b === undefined) return 0
      const most = Math.max(a.size, b.size)
      return most === 0 ? 1 : a.intersection(b).size / most
    }),
  )
}
