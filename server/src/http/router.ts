import { type CorsSettings, shareAcross } from './cors.ts'
import type { Door } from './door.ts'
import type { Admission, Exchange, RateClass } from './exchange.ts'
import { refuseForeignWrite } from './foreign-write.ts'
import { type OwnHosts, refuseForeignHost } from './own-hosts.ts'
import { type Report, reportLate, sendNotFound } from './problem.ts'

/** Sends each request to the door that its path's first segment belongs to. */
export type Route = (exchange: Exchange) => void

/** What stands before all doors. */
export interface Gate {
  /** Where given, pages in browsers must call the registry by one of these names. */
  readonly own?: OwnHosts
  readonly cors?: CorsSettings
  readonly rates?: Admission
  /** Answers where no door has the path; a problem document where nothing is said. Never throws. */
  readonly nowhere?: Route
}

export function createRouter(doors: readonly Door[], report: Report, gate: Gate = {}): Route {
  const bySegment = new Map<string, Door>()
  for (const door of doors) {
    for (const segment of door.segments) {
      if (bySegment.has(segment)) throw new Error(`two doors answer /${segment}`)
      bySegment.set(segment, door)
    }
  }
  const nowhere = gate.nowhere ?? sendNotFound
  return (exchange) => {
    const door = bySegment.get(firstSegment(exchange.path))
    if (door === undefined) nowhere(exchange)
    else open(door, exchange, report, gate)
  }
}

function firstSegment(path: string): string {
  const end = path.indexOf('/', 1)
  return end === -1 ? path.slice(1) : path.slice(1, end)
}

function open(door: Door, exchange: Exchange, report: Report, { own, cors, rates }: Gate): void {
  try {
    if (own !== undefined) refuseForeignHost(exchange, own)
    if (cors !== undefined && shareAcross(exchange, door, cors)) return
    if (!exchange.isShared) refuseForeignWrite(exchange)
    exchange.rateClass = rateClassOf(door, exchange)
    exchange.rateGate = rates
    // Only what had to wait is a promise: a hit in memory is answered within this call.
    door.handle(exchange)?.catch((error: unknown) => fail(door, exchange, error, report))
  } catch (error) {
    fail(door, exchange, error, report)
  }
}

/** As what it is counted once it is known who asks; undefined: not at all. */
function rateClassOf(door: Door, exchange: Exchange): RateClass | undefined {
  const isReading = exchange.method === 'GET' || exchange.method === 'HEAD'
  const named = door.rateClass?.(exchange) ?? (isReading ? 'read' : 'write')
  return named === 'free' ? undefined : named
}

function fail(door: Door, exchange: Exchange, error: unknown, report: Report): void {
  const { request, response } = exchange
  if (response.writableEnded) reportLate(exchange, error, report)
  // An answer for nobody need not be made.
  else if (response.destroyed || request.socket.destroyed) response.destroy()
  else if (response.headersSent) {
    reportLate(exchange, error, report)
    // Half an answer must not look like a whole one, nor the next answer on its connection become the other half.
    response.destroy()
  } else door.fail(exchange, error)
}
