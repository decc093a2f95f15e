import { isRegistryError } from '../domain/error.ts'
import type { Exchange } from './exchange.ts'
import { send } from './send.ts'
import { errorHeaders, statusOf } from './status.ts'

/** Where what nobody foresaw is told to the operator. */
export type Report = (message: string, error: unknown, fields: Readonly<Record<string, string>>) => void

/** Answers an error as RFC 9457 describes. What is not a RegistryError is reported, and shown only by its request id. */
export function sendProblem(exchange: Exchange, error: unknown, report: Report): void {
  if (isRegistryError(error)) {
    const status = statusOf(error.code)
    write(exchange, status, errorHeaders(error), {
      title: error.message,
      code: error.code,
      detail: error.data,
    })
    return
  }
  reportInternal(exchange, error, report)
  write(exchange, 500, [], { title: 'Lading failed to answer', requestId: exchange.requestId })
}

export function reportInternal(exchange: Exchange, error: unknown, report: Report): void {
  const { method, path, requestId } = exchange
  report('a request failed', error, { method, path, requestId })
}

/** There is nothing at this path. */
export function sendNotFound(exchange: Exchange): void {
  write(exchange, 404, [], { title: 'there is nothing at this path', path: exchange.path })
}

function write(
  exchange: Exchange,
  status: number,
  headers: string[],
  members: Record<string, unknown>,
): void {
  headers.push('Content-Type', 'application/problem+json', 'Cache-Control', 'no-store')
  send(exchange, status, headers, JSON.stringify({ status, ...members }))
}
