import type { Telemetry } from '../ports/telemetry/telemetry.ts'
import type { Report } from './backend-options.ts'

/** What the registry tells its operator, for whoever embeds it. What `report` throws is its own. */
export function reportTelemetry(report: (report: Report) => void = warn): Telemetry {
  const tell = (told: Report): void => {
    try {
      report(told)
    } catch {
      // A listener that fails must not take the work with it that it is told of.
    }
  }
  return {
    debug: (message, fields = {}) => tell({ level: 'debug', message, fields }),
    info: (message, fields = {}) => tell({ level: 'info', message, fields }),
    warn: (message, fields = {}) => tell({ level: 'warn', message, fields }),
    error: (message, error, fields = {}) => tell({ level: 'error', message, error, fields }),
    count: () => undefined,
    observe: () => undefined,
  }
}

function warn({ level, message, error, fields }: Report): void {
  if (level !== 'warn' && level !== 'error') return
  const detail = `${JSON.stringify(fields)}${error instanceof Error ? ` ${error.stack}` : ''}`
  process.emitWarning(message, { type: 'LadingWarning', detail })
}
