import pino from 'pino'
import type { Fields, Metering } from '../../../ports/telemetry/telemetry.ts'
import { Metrics, type MetricsOptions } from '../shared/metrics.ts'
import { describeError } from './describe-error.ts'
import { HeldLines } from './held-lines.ts'
import { prettyLine } from './pretty-line.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

/** Where lines go. `process.stderr`, a pino destination and any writable stream are such. */
export interface LineSink {
  write(line: string): unknown
}

export interface PinoTelemetryOptions {
  /** Lines below are not written. */
  readonly level: LogLevel
  /** Short coloured lines for a terminal, instead of JSON. */
  readonly pretty: boolean
  readonly to: 'stderr' | 'stdout' | LineSink
  /** Where there are several threads: the memory in which they count together. */
  readonly metrics?: MetricsOptions
}

export interface PinoTelemetry extends Metering {
  /** A line that the telemetry of another thread has made, as it is. */
  pass(line: string): void
}

/** Lines to stderr and stdout are written as HeldLines says: before the call returns, or when their reader is ready. */
export function openPinoTelemetry({
  level,
  pretty,
  to,
  metrics: shared,
}: PinoTelemetryOptions): PinoTelemetry {
  const sink = typeof to === 'string' ? new HeldLines(to, tellDropped) : to
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line) => writeLine(sink, pretty ? prettyLine(line) : line) },
  )
  function tellDropped(lines: number): void {
    logger.warn({ lines }, 'log lines were dropped: nobody read them')
  }
  const metrics = new Metrics(shared)
  return {
    debug: (message, fields) => logger.debug(safeFields(fields), message),
    info: (message, fields) => logger.info(safeFields(fields), message),
    warn: (message, fields) => logger.warn(safeFields(fields), message),
    error: (message, error, fields) =>
      logger.error({ ...safeFields(fields), error: describeError(error) }, message),
    count: (name, by = 1, labels = {}) => metrics.count(name, by, labels),
    observe: (name, value, labels = {}) => metrics.observe(name, value, labels),
    tally: (name, labels) => metrics.tally(name, labels),
    histogram: (name, labels) => metrics.histogram(name, labels),
    families: () => metrics.families(),
    pass: (line) => writeLine(sink, line),
  }
}

const own: ReadonlySet<string> = new Set(['level', 'time', 'msg', 'error'])

/** A field that is called like one of the line's own stands beside it under another name: no key twice in a line. */
function safeFields(fields: Fields | undefined): Fields {
  if (fields === undefined) return {}
  const entries = Object.entries(fields)
  if (!entries.some(([name]) => own.has(name))) return fields
  return Object.fromEntries(entries.map(([name, value]) => [own.has(name) ? `${name}_` : name, value]))
}

/** Telling must not break what is told of: a closed pipe or a full disk loses the line, and nothing else. */
function writeLine(sink: LineSink, line: string): void {
  try {
    sink.write(line)
  } catch {
    // There is nobody left to tell.
  }
}
