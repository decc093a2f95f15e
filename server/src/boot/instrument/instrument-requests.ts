import type { Answered } from '../../http/listen.ts'
import { methods, rateClasses, routes, statusClasses } from '../../ports/telemetry/metrics.ts'
import type { Histogram, Metering } from '../../ports/telemetry/telemetry.ts'

/** Counts and times requests by route, method and class of status, and those that were asked too often. On a request's way it only adds: every series is found before. */
export function instrumentRequests(telemetry: Metering): (answered: Answered) => void {
  const byRoute = new Map(
    [...routes, other].map((route) => [
      route,
      new Map([...methods, other].map((method) => [method, byStatus(telemetry, route, method)])),
    ]),
  )
  const throttled = new Map(
    rateClasses.map((name) => [name, telemetry.tally('lading_http_throttled_total', { class: name })]),
  )
  return ({ exchange, status, durationMs }) => {
    if (status === 429) throttled.get(exchange.rateClass ?? 'none')?.add(1)
    const byMethod = byRoute.get(exchange.route) ?? byRoute.get(other)
    const classes = byMethod?.get(exchange.method) ?? byMethod?.get(other)
    classes?.[Math.floor(status / 100) - 1]?.observe(durationMs / 1000)
  }
}

const other = 'other'

function byStatus(telemetry: Metering, route: string, method: string): readonly Histogram[] {
  return statusClasses.map((status) =>
    telemetry.histogram('lading_http_request_duration_seconds', { route, method, status }),
  )
}
