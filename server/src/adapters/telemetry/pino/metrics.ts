import type { Fields } from '../../../ports/telemetry/telemetry.ts'

export interface CounterSnapshot {
  readonly name: string
  readonly labels: Fields
  readonly value: number
}

export interface HistogramSnapshot {
  readonly name: string
  readonly labels: Fields
  readonly count: number
  readonly sum: number
  /** How many values were at most `upTo`; the last is Infinity and equals `count`. */
  readonly buckets: readonly { readonly upTo: number; readonly count: number }[]
}

export interface MetricsSnapshot {
  /** In the order of name and labels. */
  readonly counters: readonly CounterSnapshot[]
  readonly histograms: readonly HistogramSnapshot[]
  /** Series that were not kept because there were too many. */
  readonly droppedSeries: number
}

interface Series {
  readonly name: string
  readonly labels: Fields
}

interface Histogram extends Series {
  readonly bounds: readonly number[]
  /** One more than bounds; not summed up yet. */
  readonly counts: number[]
  sum: number
}

/** Name and labels together; a label that can be anything must not eat the memory. */
const maxSeries = 5000
/** From 1 ms to 1 min, for what ends in `_seconds`. */
const secondsBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
/** Powers of 4 from 1 KiB to 4 GiB, for all else. */
const sizeBounds = Array.from({ length: 12 }, (_, n) => 1024 * 4 ** n)

/** Counters and histograms of this process, since it started. */
export class Metrics {
  readonly #counters = new Map<string, Series & { value: number }>()
  readonly #histograms = new Map<string, Histogram>()
  #dropped = 0

  count(name: string, by: number, labels: Fields): void {
    const series = this.#seriesOf(this.#counters, { name, labels }, () => ({ name, labels, value: 0 }))
    if (series !== undefined) series.value += by
  }

  observe(name: string, value: number, labels: Fields): void {
    const histogram = this.#seriesOf(this.#histograms, { name, labels }, () => newHistogram({ name, labels }))
    if (histogram === undefined || Number.isNaN(value)) return
    const found = histogram.bounds.findIndex((bound) => value <= bound)
    const bucket = found === -1 ? histogram.bounds.length : found
    histogram.counts[bucket] = (histogram.counts[bucket] ?? 0) + 1
    histogram.sum += value
  }

  snapshot(): MetricsSnapshot {
    return {
      counters: inOrder(this.#counters).map(({ name, labels, value }) => ({ name, labels, value })),
      histograms: inOrder(this.#histograms).map(summedUp),
      droppedSeries: this.#dropped,
    }
  }

  #seriesOf<S>(kept: Map<string, S>, { name, labels }: Series, make: () => S): S | undefined {
    const key = keyOf(name, labels)
    const known = kept.get(key)
    if (known !== undefined) return known
    if (this.#counters.size + this.#histograms.size >= maxSeries) {
      this.#dropped += 1
      return undefined
    }
    const made = make()
    kept.set(key, made)
    return made
  }
}

function newHistogram(series: Series): Histogram {
  const bounds = series.name.endsWith('_seconds') ? secondsBounds : sizeBounds
  return { ...series, bounds, counts: new Array(bounds.length + 1).fill(0), sum: 0 }
}

function summedUp({ name, labels, bounds, counts, sum }: Histogram): HistogramSnapshot {
  let count = 0
  const buckets = [...bounds, Number.POSITIVE_INFINITY].map((upTo, at) => {
    count += counts[at] ?? 0
    return { upTo, count }
  })
  return { name, labels, count, sum, buckets }
}

/** Labels in any order are the same series. */
function keyOf(name: string, labels: Fields): string {
  const names = Object.keys(labels)
  if (names.length === 0) return name
  return JSON.stringify([name, ...names.sort().map((label) => [label, labels[label]])])
}

function inOrder<S>(kept: ReadonlyMap<string, S>): S[] {
  return [...kept].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, series]) => series)
}
