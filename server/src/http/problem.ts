import { isRegistryError, type RegistryError } from '../domain/error.ts'
import type { Exchange } from './exchange.ts'
import {
  type ProblemCode,
  problemTitle,
  problemType,
  type TransportCode,
  transportStatuses,
} from './problem-code.ts'
import { send } from './send.ts'
import { errorHeaders, statusOf } from './status.ts'

/** Where what is the server's fault is told to the operator. */
export type Report = (message: string, error: unknown, fields: Readonly<Record<string, string>>) => void

/**
 * Answers an error as RFC 9457 describes, in the members that clients rely on: `type`, `title`, `status`, `detail`, `code` and
 * `requestId`, and `parameter` where one of the request's is to blame. What is the server's fault is reported; what is not a
 * RegistryError is shown only by its request id.
 */
export function sendProblem(exchange: Exchange, error: unknown, report: Report): void {
  reportFault(exchange, error, report)
  const known = isRegistryError(error) ? error : undefined
  write(exchange, {
    code: known?.code ?? 'failed',
    status: known === undefined ? transportStatuses.failed : statusOf(known.code),
    detail: known?.message ?? 'Lading failed to answer; its log says more about this request',
    headers: known === undefined ? [] : errorHeaders(known),
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
  sendTransport(exchange, 'connections-exceeded', 'too many connections are open', ['Retry-After', '1'])
}

/** It is HTTP, and yet nothing that could be answered. */
export function sendRefusal(
  exchange: Exchange,
  code: 'expectation-unmet' | 'host-missing' | 'host-invalid',
  detail: string,
): void {
  exchange.closeConnection = true
  sendTransport(exchange, code, detail)
}

/** There is nothing at this path. */
export function sendNotFound(exchange: Exchange): void {
  const code = 'path-unknown'
  write(exchange, { code, status: statusOf(code), detail: 'there is nothing at this path', headers: [] })
}

function sendTransport(
  exchange: Exchange,
  code: TransportCode,
  detail: string,
  headers: string[] = [],
): void {
  write(exchange, { code, status: transportStatuses[code], detail, headers })
}

interface Problem {
  readonly code: ProblemCode
  readonly status: number
  readonly detail: string
  readonly headers: string[]
  readonly parameter?: string
}

function write(exchange: Exchange, { headers, ...problem }: Problem): void {
  headers.push('Content-Type', 'application/problem+json', 'Cache-Control', 'no-store')
  send(exchange, problem.status, headers, problemText(problem, exchange.requestId))
}

export function problemText(problem: Omit<Problem, 'headers'>, requestId: string): string {
  const { code, status, detail, parameter } = problem
  return JSON.stringify({
    type: problemType(code),
    title: problemTitle(code),
    status,
    detail,
    code,
    requestId,
    ...(parameter !== undefined && { parameter }),
  })
}
