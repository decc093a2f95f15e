/** Fields of a log line or labels of a metric. Never secrets. */
export type Fields = Readonly<Record<string, string | number | boolean | undefined>>

/** What the registry tells its operator. Never throws, never waits. */
export interface Telemetry {
  debug(message: string, fields?: Fields): void
  info(message: string, fields?: Fields): void
  warn(message: string, fields?: Fields): void
  /** `error.cause` is followed. */
  error(message: string, error: unknown, fields?: Fields): void
  /** A counter goes up. Names are `lading_<noun>_<unit>_total`. */
  count(name: string, by?: number, labels?: Fields): void
  /** A span of time or a size, for a histogram. Names end in their unit: `_seconds`, `_bytes`. */
  observe(name: string, value: number, labels?: Fields): void
}
