import { type Labels, type Metric, type MetricName, metrics } from '../../../ports/telemetry/metrics.ts'
import type { Fields } from '../../../ports/telemetry/telemetry.ts'

/** Stands for every value of a label that is not among its own. */
export const otherValue = 'other'

interface PlacedLabel {
  readonly name: string
  readonly values: readonly string[]
  readonly places: ReadonlyMap<string, number>
}

/** Where the series of one metric stand, one after the other, the last label's values next to each other. */
export interface Placed {
  readonly name: MetricName
  readonly metric: Metric
  readonly labels: readonly PlacedLabel[]
  readonly start: number
  readonly series: number
  /** Numbers of one series: 1, or of a histogram its sum and a count for each bucket. */
  readonly width: number
}

export interface Layout {
  readonly placed: ReadonlyMap<MetricName, Placed>
  /** Of one thread, in numbers. */
  readonly length: number
}

/** So many numbers fill a line of the processor's cache: threads shall not share one. */
const cacheLine = 8

/** The same in every thread, since it is made from the table of metrics alone. */
export const layout: Layout = placeAll()

function placeAll(): Layout {
  const placed = new Map<MetricName, Placed>()
  let start = 0
  for (const name of Object.keys(metrics) as MetricName[]) {
    const metric = metrics[name]
    if ('asked' in metric) continue
    const labels = placeLabels(metric.labels ?? {})
    const series = labels.reduce((product, { values }) => product * values.length, 1)
    const width = metric.kind === 'histogram' ? metric.bounds.length + 2 : 1
    placed.set(name, { name, metric, labels, start, series, width })
    start += series * width
  }
  return { placed, length: Math.ceil(start / cacheLine) * cacheLine }
}

function placeLabels(labels: Labels): PlacedLabel[] {
  return Object.entries(labels).map(([name, known]) => {
    const values = [...known, otherValue]
    return { name, values, places: new Map(values.map((value, at) => [value, at])) }
  })
}

/** Where the series with these labels begins. */
export function placeOf({ labels, start, width }: Placed, given: Fields): number {
  let series = 0
  for (const { name, values, places } of labels) {
    const value = given[name]
    series = series * values.length + (places.get(String(value)) ?? values.length - 1)
  }
  return start + series * width
}

/** The labels of the series of that number, as `placeOf` counts them. */
export function labelsOf({ labels }: Placed, series: number): Readonly<Record<string, string>> {
  const pairs: [string, string][] = []
  let rest = series
  for (const { name, values } of labels.toReversed()) {
    pairs.unshift([name, values[rest % values.length] ?? otherValue])
    rest = Math.floor(rest / values.length)
  }
  return Object.fromEntries(pairs)
}
