import { Chance } from '../../../server/src/core/seed/chance.ts'
import { mean } from './measure.ts'

export interface Interval {
  readonly mean: number
  readonly low: number
  readonly high: number
}

export interface BootstrapOptions {
  readonly resamples?: number
  readonly seed?: number
  /** The share of resampled means that the interval holds. */
  readonly confidence?: number
}

/**
 * The mean difference of two engines' scores of the same queries, `ours` less `theirs`, and its percentile interval: queries
 * are drawn anew with replacement, both scores of a query together (Efron and Tibshirani, 1993, chapter 13). Where the
 * interval holds 0, the queries do not tell which one is better. Throws RangeError where the scores are not paired.
 */
export function pairedInterval(
  ours: readonly number[],
  theirs: readonly number[],
  { resamples = 10_000, seed = 1, confidence = 0.95 }: BootstrapOptions = {},
): Interval {
  if (ours.length !== theirs.length || ours.length === 0)
    throw new RangeError(`${ours.length} scores and ${theirs.length} are no pairs`)
  const differences = Float64Array.from(ours, (score, at) => score - (theirs[at] ?? 0))
  const chance = new Chance('bootstrap', seed)
  const means = Float64Array.from({ length: resamples }, () => drawnMean(differences, chance)).sort()
  const tail = (1 - confidence) / 2
  return {
    mean: mean([...differences]),
    low: nearestRank(means, tail),
    high: nearestRank(means, 1 - tail),
  }
}

function drawnMean(values: Float64Array, chance: Chance): number {
  let sum = 0
  for (let drawn = 0; drawn < values.length; drawn++) sum += values[chance.int(values.length)] ?? 0
  return sum / values.length
}

function nearestRank(sorted: Float64Array, share: number): number {
  const rank = Math.ceil(share * sorted.length)
  return sorted[Math.min(Math.max(rank, 1), sorted.length) - 1] ?? 0
}
