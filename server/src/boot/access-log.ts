import type { Config } from '../config/config.ts'
import type { Answered } from '../http/listen.ts'
import type { Telemetry } from '../ports/telemetry/telemetry.ts'

/** One line a request. undefined where the log's level would drop it: then requests are not even measured. */
export function accessLog({ log }: Config, telemetry: Telemetry): ((answered: Answered) => void) | undefined {
  if (log.level !== 'info' && log.level !== 'debug') return undefined
  return ({ exchange, status, durationMs, complete }) => {
    const { method, path, requestId, address, who } = exchange
    telemetry.info('request', {
      method,
      path,
      status,
      ms: Math.round(durationMs * 10) / 10,
      requestId,
      address,
      who,
      ...(complete ? {} : { complete }),
    })
  }
}
