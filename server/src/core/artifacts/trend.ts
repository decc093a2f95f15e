/** After so long what was done counts half: a week. */
export const trendHalfLife: number = 7 * 24 * 3_600_000

/** What each thing that somebody does with an artifact counts. */
export const trendWeights: { readonly download: 1; readonly star: 5; readonly view: 0.1 } = {
  download: 1,
  star: 5,
  view: 0.1,
}

/**
 * What is done with an artifact, each thing worth its weight and half of that after each `trendHalfLife`:
 * `sum(weight * 2 ** ((at - now) / trendHalfLife))`. Kept is its logarithm at a fixed time instead of at `now`:
 * `log2(sum(weight * 2 ** (at / trendHalfLife)))`. As time passes all of them fall alike, so their order stays what it is
 * until something is done, and an index has it.
 * @param trend as kept; 0 while nothing was done
 * @param weight of what is done now, above 0
 * @param now ms since 1970
 */
export function addToTrend(trend: number, weight: number, now: number): number {
  const gained = Math.log2(weight) + now / trendHalfLife
  if (trend === 0) return gained
  const [more, less] = trend > gained ? [trend, gained] : [gained, trend]
  return more + Math.log2(1 + 2 ** (less - more))
}

/** The sum itself, as it is now. */
export function trendScore(trend: number, now: number): number {
  return trend === 0 ? 0 : 2 ** (trend - now / trendHalfLife)
}
