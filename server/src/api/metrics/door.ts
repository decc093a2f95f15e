import type { Registry } from '../../boot/registry.ts'
import { RegistryError } from '../../domain/error.ts'
import type { Principal } from '../../domain/principal.ts'
import { readCredentials } from '../../http/credentials.ts'
import type { Door } from '../../http/door.ts'
import type { Exchange } from '../../http/exchange.ts'
import { type Report, sendNotFound, sendProblem } from '../../http/problem.ts'
import { send } from '../../http/send.ts'
import { wrongCredentials } from '../../http/wrong-credentials.ts'
import type { Family } from '../../ports/telemetry/metrics.ts'
import { contentTypes, type ExpositionFormat, expose } from './exposition.ts'

export interface MetricsSettings {
  readonly audience: 'anyone' | readonly string[]
  /** Everything as it is now, for the whole process. */
  readonly families: () => Promise<readonly Family[]>
}

const methods = ['GET', 'HEAD']

/** `/metrics`: what a monitoring program comes for every few seconds. */
export function createMetricsDoor(registry: Registry, settings: MetricsSettings, report: Report): Door {
  return {
    segments: ['metrics'],
    rateClass: () => 'free',
    handle: async (exchange) => {
      exchange.route = 'metrics'
      const { method, path } = exchange
      if (path !== '/metrics') return sendNotFound(exchange)
      if (!methods.includes(method)) throw new RegistryError('method-unsupported', { method, allow: methods })
      await authorize(exchange, registry, settings.audience)
      const format = wantedFormat(exchange)
      const headers = ['Content-Type', contentTypes[format], 'Cache-Control', 'no-store', 'Vary', 'Accept']
      send(exchange, 200, headers, expose(await settings.families(), format))
    },
    fail: (exchange, error) => sendProblem(exchange, error, report),
  }
}

async function authorize(
  exchange: Exchange,
  registry: Registry,
  audience: MetricsSettings['audience'],
): Promise<void> {
  if (audience === 'anyone') return
  const credentials = readCredentials(exchange.request.headers.authorization)
  if (credentials === undefined)
    throw new RegistryError('unauthenticated', { reason: 'metrics are for some users' })
  const principal = await registry.access.login(credentials.user, credentials.password, exchange.address)
  if (principal === undefined) {
    throw wrongCredentials(credentials.password)
  }
  if (!isAmong(principal, audience)) {
    throw new RegistryError('denied', {
      action: 'read metrics',
      reason: 'access.metrics does not name this user',
    })
  }
}

function isAmong(principal: Principal, names: readonly string[]): boolean {
  return principal.kind === 'user' && names.includes(principal.name)
}

/** Who names OpenMetrics takes it; Prometheus does so before all else. */
function wantedFormat(exchange: Exchange): ExpositionFormat {
  const accepted = exchange.header('accept') ?? ''
  return /application\/openmetrics-text(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i.test(accepted)
    ? 'openmetrics'
    : 'prometheus'
}
