import type { CounterName, Family, GaugeName, HistogramName } from '../../../ports/telemetry/metrics.ts'
import type { Fields, Histogram, Metering, Tally } from '../../../ports/telemetry/telemetry.ts'
import { Metrics } from '../shared/metrics.ts'

export interface RecordedLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly message: string
  readonly fields: Fields
  readonly error?: unknown
}

export interface RecordedMeasure {
  readonly kind: 'count' | 'observe'
  readonly name: string
  readonly value: number
  readonly labels: Fields
}

/** Keeps everything it is told, in order. For tests. */
export class MemoryTelemetry implements Metering {
  readonly lines: RecordedLine[] = []
  /** Those of `count` and `observe`. */
  readonly measures: RecordedMeasure[] = []
  readonly #metrics = new Metrics()

  debug(message: string, fields: Fields = {}): void {
    this.lines.push({ level: 'debug', message, fields })
  }

  info(message: string, fields: Fields = {}): void {
    this.lines.push({ level: 'info', message, fields })
  }

  warn(message: string, fields: Fields = {}): void {
    this.lines.push({ level: 'warn', message, fields })
  }

  error(message: string, error: unknown, fields: Fields = {}): void {
    this.lines.push({ level: 'error', message, fields, error })
  }

  count(name: CounterName, by = 1, labels: Fields = {}): void {
    this.measures.push({ kind: 'count', name, value: by, labels })
    this.#metrics.count(name, by, labels)
  }

  observe(name: HistogramName, value: number, labels: Fields = {}): void {
    this.measures.push({ kind: 'observe', name, value, labels })
    this.#metrics.observe(name, value, labels)
  }

  tally(name: CounterName | GaugeName, labels?: Fields): Tally {
    return this.#metrics.tally(name, labels)
  }

  histogram(name: HistogramName, labels?: Fields): Histogram {
    return this.#metrics.histogram(name, labels)
  }

  families(): readonly Family[] {
    return this.#metrics.families()
  }

  /** The sum of what was counted under the name, where the labels are (at least) these. */
  counted(name: string, labels: Fields = {}): number {
    return this.measures
      .filter(
        (measure) => measure.kind === 'count' && measure.name === name && carries(measure.labels, labels),
      )
      .reduce((sum, { value }) => sum + value, 0)
  }
}

function carries(labels: Fields, wanted: Fields): boolean {
  return Object.entries(wanted).every(([name, value]) => labels[name] === value)
}
