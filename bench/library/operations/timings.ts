/** How long something took each time, in ms. */
export class Timings {
  readonly #times: number[] = []

  add(ms: number): void {
    this.#times.push(ms)
  }

  get count(): number {
    return this.#times.length
  }

  /** The time that this share of them stayed below. @throws Error where there is none */
  below(share: number): number {
    const sorted = Float64Array.from(this.#times).sort()
    const found = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
    if (found === undefined) throw new Error('nothing was timed')
    return found
  }

  get median(): number {
    return this.below(0.5)
  }

  get p95(): number {
    return this.below(0.95)
  }
}

/** Does it again and again until so many seconds are over, once at least; and for a part of that before it counts. */
export async function timed(
  seconds: number,
  work: (timings: Timings | undefined) => Promise<void>,
): Promise<{ readonly timings: Timings; readonly seconds: number }> {
  const warm = performance.now() + 1000 * Math.min(1, seconds * warmShare)
  while (performance.now() < warm) await work(undefined)
  const timings = new Timings()
  const begun = performance.now()
  do await work(timings)
  while (performance.now() < begun + seconds * 1000)
  return { timings, seconds: (performance.now() - begun) / 1000 }
}

const warmShare = 0.3
