/**
 * Draws 0 to `count` - 1, each n as often as 1 / (n + 1) ^ `exponent`: few make most of it, as where people read (0.99 is
 * what the Yahoo cloud serving benchmark takes).
 */
export function zipf(count: number, exponent: number, chance: () => number): () => number {
  const sums = new Float64Array(count)
  let sum = 0
  for (let at = 0; at < count; at++) {
    sum += 1 / (at + 1) ** exponent
    sums[at] = sum
  }
  return () => {
    const wanted = chance() * sum
    let [low, high] = [0, count - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((sums[middle] ?? 0) > wanted) high = middle
      else low = middle + 1
    }
    return low
  }
}
