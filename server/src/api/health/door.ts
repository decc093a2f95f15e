import type { Registry } from '../../boot/registry.ts'
import { RegistryError } from '../../domain/error.ts'
import type { Door } from '../../http/door.ts'
import type { Exchange } from '../../http/exchange.ts'
import { type Report, sendNotFound, sendProblem } from '../../http/problem.ts'
import { send } from '../../http/send.ts'

const methods = ['GET', 'HEAD']

/** `/healthz`: the process answers. `/readyz`: so do the parts that it stands on. Neither asks who is asking. */
export function createHealthDoor(registry: Registry, report: Report): Door {
  return {
    segments: ['healthz', 'readyz'],
    handle: (exchange) => {
      const { method, path } = exchange
      if (path !== '/healthz' && path !== '/readyz') return sendNotFound(exchange)
      if (!methods.includes(method)) throw new RegistryError('method-unsupported', { method, allow: methods })
      if (path === '/healthz') return sendJson(exchange, 200, { alive: true })
      return registry.health.ready().then((found) => sendJson(exchange, found.ready ? 200 : 503, found))
    },
    fail: (exchange, error) => sendProblem(exchange, error, report),
  }
}

function sendJson(exchange: Exchange, status: number, value: unknown): void {
  const headers = ['Content-Type', 'application/json', 'Cache-Control', 'no-store']
  send(exchange, status, headers, JSON.stringify(value))
}
