import type { CounterName, Family, GaugeName, HistogramName } from './metrics.ts'

/** Fields of a log line or labels of a metric. Never secrets. */
export type Fields = Readonly<Record<string, string | number | boolean | undefined>>

/** One series of a counter or a gauge, found once: whoever counts often pays for an addition alone. */
export interface Tally {
  add(by?: number): void
  /** For what is measured or counted elsewhere: this thread's part of it. */
  set(value: number): void
}

/** One series of a histogram. */
export interface Histogram {
  observe(value: number): void
}

/** What the registry tells its operator. Never throws, never waits. */
export interface Telemetry {
  debug(message: string, fields?: Fields): void
  info(message: string, fields?: Fields): void
  warn(message: string, fields?: Fields): void
  /** `error.cause` is followed. */
  error(message: string, error: unknown, fields?: Fields): void
  /** A counter goes up. */
  count(name: CounterName, by?: number, labels?: Fields): void
  /** A span of time or a size, for a histogram. */
  observe(name: HistogramName, value: number, labels?: Fields): void
}

/** The same, for who counts often, and for who shows what was counted. */
export interface Metering extends Telemetry {
  tally(name: CounterName | GaugeName, labels?: Fields): Tally
  histogram(name: HistogramName, labels?: Fields): Histogram
  /** What all threads of the process have counted since its start, in the order of `metrics.ts`. */
  families(): readonly Family[]
}
