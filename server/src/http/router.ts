import type { Door } from './door.ts'
import type { Exchange } from './exchange.ts'
import { refuseForeignWrite } from './foreign-write.ts'
import { sendNotFound } from './problem.ts'

/** Sends each request to the door that its path's first segment belongs to. */
export type Route = (exchange: Exchange) => void

export function createRouter(doors: readonly Door[]): Route {
  const bySegment = new Map<string, Door>()
  for (const door of doors) {
    for (const segment of door.segments) {
      if (bySegment.has(segment)) throw new Error(`two doors answer /${segment}`)
      bySegment.set(segment, door)
    }
  }
  return (exchange) => {
    const door = bySegment.get(firstSegment(exchange.path))
    if (door === undefined) sendNotFound(exchange)
    else open(door, exchange)
  }
}

function firstSegment(path: string): string {
  const end = path.indexOf('/', 1)
  return end === -1 ? path.slice(1) : path.slice(1, end)
}

function open(door: Door, exchange: Exchange): void {
  try {
    refuseForeignWrite(exchange)
    // Only what had to wait is a promise: a hit in memory is answered within this call.
    door.handle(exchange)?.catch((error: unknown) => fail(door, exchange, error))
  } catch (error) {
    fail(door, exchange, error)
  }
}

function fail(door: Door, exchange: Exchange, error: unknown): void {
  // Half an answer must not look like a whole one, and an answer for nobody need not be made.
  const { request, response } = exchange
  if (response.headersSent || response.destroyed || request.socket.destroyed) response.destroy()
  else door.fail(exchange, error)
}
