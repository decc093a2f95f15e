import type { Registry } from '../../boot/registry.ts'
import { RegistryError } from '../../domain/error.ts'
import type { Door } from '../../http/door.ts'
import type { Exchange } from '../../http/exchange.ts'
import { type Report, sendNotFound, sendProblem } from '../../http/problem.ts'
import { type HeaderList, send } from '../../http/send.ts'

const methods = ['GET', 'HEAD']
/** Whoever waits for the registry to be ready need not ask more often. */
const retryAfterSeconds = 5
const asked = 'it was asked to stop, and answers for limits.shutdownDelay'

/**
 * `/healthz`: the process answers. `/readyz`: so do the parts that it stands on, and it is not `leaving`. Neither asks who
 * is asking.
 */
export function createHealthDoor(registry: Registry, leaving: AbortSignal, report: Report): Door {
  return {
    segments: ['healthz', 'readyz'],
    rateClass: () => 'free',
    handle: (exchange) => {
      exchange.route = 'health'
      const { method, path } = exchange
      if (path !== '/healthz' && path !== '/readyz') return sendNotFound(exchange)
      if (!methods.includes(method)) throw new RegistryError('method-unsupported', { method, allow: methods })
      if (path === '/healthz') return sendJson(exchange, 200, { alive: true })
      // At once: nobody should wait for parts to learn that they should go elsewhere.
      if (leaving.aborted) return sendUnready(exchange, { ready: false, parts: { process: asked } })
      return registry.health
        .ready()
        .then((found) => (found.ready ? sendJson(exchange, 200, found) : sendUnready(exchange, found)))
    },
    fail: (exchange, error) => sendProblem(exchange, error, report),
  }
}

function sendUnready(exchange: Exchange, found: object): void {
  sendJson(exchange, 503, found, ['Retry-After', String(retryAfterSeconds)])
}

function sendJson(exchange: Exchange, status: number, value: unknown, more: HeaderList = []): void {
  const headers = [...more, 'Content-Type', 'application/json', 'Cache-Control', 'no-store']
  send(exchange, status, headers, JSON.stringify(value))
}
