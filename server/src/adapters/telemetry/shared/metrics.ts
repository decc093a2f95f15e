import type {
  CounterName,
  Family,
  GaugeName,
  HistogramName,
  HistogramSample,
  Observed,
  Sample,
} from '../../../ports/telemetry/metrics.ts'
import type { Fields, Histogram, Tally } from '../../../ports/telemetry/telemetry.ts'
import { labelsOf, layout, type Placed, placeOf } from './slab-layout.ts'

/** Memory in which every thread of a process counts. Can be handed to a worker as it is. */
export interface SharedMetrics {
  readonly buffer: SharedArrayBuffer
  readonly threads: number
}

export interface MetricsOptions {
  /** Absent: this thread is alone. */
  readonly shared?: SharedMetrics
  /** Which of the threads this is, from 0 on. One that takes a dead one's place takes its number too. */
  readonly thread?: number
}

export function shareMetrics(threads: number): SharedMetrics {
  const buffer = new SharedArrayBuffer(threads * layout.length * Float64Array.BYTES_PER_ELEMENT)
  return { buffer, threads }
}

/**
 * Counters, gauges and histograms of the process. Each thread writes to a part of the memory that is its own, so
 * nothing has to be atomic, and an addition is all that counting costs; whoever reads adds the parts up.
 */
export class Metrics {
  readonly #all: readonly Float64Array[]
  readonly #own: Float64Array

  /** @throws RangeError where there is no such thread */
  constructor({ shared = shareMetrics(1), thread = 0 }: MetricsOptions = {}) {
    const size = layout.length * Float64Array.BYTES_PER_ELEMENT
    this.#all = Array.from(
      { length: shared.threads },
      (_, at) => new Float64Array(shared.buffer, at * size, layout.length),
    )
    const own = this.#all[thread]
    if (own === undefined)
      throw new RangeError(`there are metrics for ${shared.threads} threads, not for ${thread}`)
    this.#own = own
    this.#forgetGauges()
  }

  count(name: CounterName, by: number, labels: Fields): void {
    const at = placeOf(placed(name), labels)
    this.#own[at] = (this.#own[at] ?? 0) + by
  }

  observe(name: HistogramName, value: number, labels: Fields): void {
    const found = placed(name)
    put(this.#own, placeOf(found, labels), boundsOf(found), value)
  }

  tally(name: CounterName | GaugeName, labels: Fields = {}): Tally {
    const own = this.#own
    const at = placeOf(placed(name), labels)
    return {
      add: (by = 1) => {
        own[at] = (own[at] ?? 0) + by
      },
      set: (value) => {
        own[at] = value
      },
    }
  }

  histogram(name: HistogramName, labels: Fields = {}): Histogram {
    const own = this.#own
    const found = placed(name)
    const at = placeOf(found, labels)
    const bounds = boundsOf(found)
    return { observe: (value) => put(own, at, bounds, value) }
  }

  families(): Family[] {
    return [...layout.placed.values()].map((found) => this.#family(found))
  }

  #family(found: Placed): Family {
    const { name, metric } = found
    const { help } = metric
    const used = Array.from({ length: found.series }, (_, at) => at).filter((at) => this.#isUsed(found, at))
    return metric.kind === 'histogram'
      ? { name, help, kind: 'histogram', samples: used.map((at) => this.#histogramSample(found, metric, at)) }
      : { name, help, kind: metric.kind, samples: used.map((at) => this.#sample(found, at)) }
  }

  /** Series of labels that never came are left out: most of them cannot. */
  #isUsed({ labels, start, width }: Placed, series: number): boolean {
    if (labels.length === 0) return true
    const begin = start + series * width
    return this.#all.some((slab) => slab.subarray(begin, begin + width).some((value) => value !== 0))
  }

  #sample(found: Placed, series: number): Sample {
    const at = found.start + series
    return { labels: labelsOf(found, series), value: this.#overThreads(at, isMax(found)) }
  }

  #histogramSample(found: Placed, { bounds }: Observed, series: number): HistogramSample {
    const at = found.start + series * found.width
    let count = 0
    const buckets = [...bounds, Number.POSITIVE_INFINITY].map((upTo, bucket) => {
      count += this.#overThreads(at + 1 + bucket, false)
      return { upTo, count }
    })
    return { labels: labelsOf(found, series), sum: this.#overThreads(at, false), buckets }
  }

  #overThreads(at: number, max: boolean): number {
    const parts = this.#all.map((slab) => slab[at] ?? 0)
    return max ? Math.max(...parts) : parts.reduce((sum, part) => sum + part, 0)
  }

  /** What the thread of this number had open before, if there was one, is not open any more. */
  #forgetGauges(): void {
    for (const { metric, start, series, width } of layout.placed.values()) {
      if (metric.kind === 'gauge') this.#own.fill(0, start, start + series * width)
    }
  }
}

function placed(name: CounterName | GaugeName | HistogramName): Placed {
  const found = layout.placed.get(name)
  if (found === undefined) throw new RangeError(`there is no metric ${name}`)
  return found
}

function boundsOf({ metric }: Placed): readonly number[] {
  return metric.kind === 'histogram' ? metric.bounds : []
}

function isMax({ metric }: Placed): boolean {
  return 'over' in metric && metric.over === 'max'
}

/** The sum stands first, then the buckets. */
function put(slab: Float64Array, at: number, bounds: readonly number[], value: number): void {
  if (Number.isNaN(value)) return
  let bucket = 0
  while (bucket < bounds.length && value > (bounds[bucket] ?? 0)) bucket++
  slab[at] = (slab[at] ?? 0) + value
  const counted = at + 1 + bucket
  slab[counted] = (slab[counted] ?? 0) + 1
}
