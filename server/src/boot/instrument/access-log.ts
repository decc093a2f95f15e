import type { Config } from '../../config/config.ts'
import type { Answered } from '../../http/listen.ts'
import type { Refused } from '../../http/refuse-malformed.ts'
import type { Fields, Telemetry } from '../../ports/telemetry/telemetry.ts'

/**
 * One line for each request that changed something or failed, a warning where the fault is the server's; at level debug for every other one too, of which there
 * are many and which say little. undefined where the log's level would drop them all.
 */
export function accessLog({ log }: Config, telemetry: Telemetry): ((answered: Answered) => void) | undefined {
  if (log.level !== 'info' && log.level !== 'debug') return undefined
  const all = log.level === 'debug'
  return (answered) => {
    if (isPlainRead(answered)) {
      if (all) telemetry.debug('request', line(answered))
    } else if (answered.status >= 500) telemetry.warn('request', line(answered))
    else telemetry.info('request', line(answered))
  }
}

/** One line for each answer to something that was no request; undefined as above. */
export function refusalLog({ log }: Config, telemetry: Telemetry): ((refused: Refused) => void) | undefined {
  if (log.level !== 'info' && log.level !== 'debug') return undefined
  return ({ status, requestId, address, reason }) =>
    telemetry.info('a malformed request', { status, requestId, address, reason })
}

function isPlainRead({ exchange: { method }, status, complete }: Answered): boolean {
  return (method === 'GET' || method === 'HEAD') && status < 400 && complete
}

function line({ exchange, status, durationMs, complete }: Answered): Fields {
  const { method, path, requestId, address, who, trace } = exchange
  return {
    method,
    path,
    status,
    ms: Math.round(durationMs * 10) / 10,
    requestId,
    ...(trace === undefined ? {} : { traceId: trace.traceId }),
    address,
    who,
    ...(complete ? {} : { complete }),
  }
}
