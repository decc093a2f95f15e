import { STATUS_CODES } from 'node:http'
import { isRegistryError, type RegistryError } from '../domain/error.ts'
import type { Exchange } from './exchange.ts'
import { send } from './send.ts'
import { errorHeaders, statusOf } from './status.ts'

/** Where what is the server's fault is told to the operator. */
export type Report = (message: string, error: unknown, fields: Readonly<Record<string, string>>) => void

/**
 * Answers an error as RFC 9457 describes. What is the server's fault is reported; what is not a RegistryError is shown
 * only by its request id.
 */
export function sendProblem(exchange: Exchange, error: unknown, report: Report): void {
  reportFault(exchange, error, report)
  if (isRegistryError(error)) {
    const status = statusOf(error.code)
    write(exchange, status, errorHeaders(error), {
      title: error.message,
      code: error.code,
      detail: error.data,
    })
    return
  }
  write(exchange, 500, [], { title: 'Lading failed to answer', requestId: exchange.requestId })
}

/**
 * As `sendProblem`, in the members that clients of Lading's own API rely on: `type`, `title`, `status`, `detail`, `code` and
 * `requestId`, and `parameter` where one of the request's is to blame. Codes are those of RegistryError, and `failed`.
 */
export function sendApiProblem(exchange: Exchange, error: unknown, report: Report): void {
  reportFault(exchange, error, report)
  const known = isRegistryError(error) ? error : undefined
  const status = known === undefined ? 500 : statusOf(known.code)
  write(exchange, status, known === undefined ? [] : errorHeaders(known), {
    // RFC 9457 section 4.2.1: the status says which problem it is, and so does its phrase.
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    detail: known?.message ?? 'Lading failed to answer; its log says more about this request',
    code: known?.code ?? 'failed',
    requestId: exchange.requestId,
    ...parameterOf(known),
  })
}

function parameterOf(error: RegistryError | undefined): { readonly parameter?: string } {
  return isRegistryError(error, 'parameter-invalid') ? { parameter: error.data.parameter } : {}
}

/**
 * Reports an error that the client can do nothing about: a RegistryError whose status is 500 or above, with its code,
 * and whatever nobody foresaw. Others are not told, nor is what the operator was told already or has switched off. For each
 * door's `fail`.
 */
export function reportFault(exchange: Exchange, error: unknown, report: Report): void {
  if (!isRegistryError(error)) reportInternal(exchange, error, report)
  else if (statusOf(error.code) >= 500 && error.code !== 'search-off' && !isTold(error)) {
    report('a request could not be served', error, { code: error.code, ...fieldsOf(exchange) })
  }
}

function isTold(error: RegistryError): boolean {
  return isRegistryError(error, 'unavailable') && error.data.isTold === true
}

function reportInternal(exchange: Exchange, error: unknown, report: Report): void {
  report('a request failed', error, fieldsOf(exchange))
}

/** There is no answer left in which to say it. */
export function reportLate(exchange: Exchange, error: unknown, report: Report): void {
  const message = exchange.response.writableEnded
    ? 'a request failed after its answer'
    : 'an answer broke off'
  report(message, error, fieldsOf(exchange))
}

function fieldsOf({ method, path, requestId, trace }: Exchange): Readonly<Record<string, string>> {
  return { method, path, requestId, ...(trace === undefined ? {} : { traceId: trace.traceId }) }
}

/** There are too many connections for this one. */
export function sendBusy(exchange: Exchange): void {
  exchange.closeConnection = true
  write(exchange, 503, ['Retry-After', '1'], { title: 'too many connections are open' })
}

/** It is HTTP, and yet nothing that could be answered. */
export function sendRefusal(exchange: Exchange, status: 400 | 417, title: string): void {
  exchange.closeConnection = true
  write(exchange, status, [], { title, requestId: exchange.requestId })
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
