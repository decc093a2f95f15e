import type { IncomingMessage, Server, ServerOptions, ServerResponse } from 'node:http'
import { type AddressInfo, Server as NetServer, type Socket } from 'node:net'
import type { TrustedProxies } from './came-from.ts'
import { type ConnectionFigures, Connections } from './connections.ts'
import { currentResponse } from './current-response.ts'
import type { Door } from './door.ts'
import { Exchange } from './exchange.ts'
import { hostFault } from './host-fault.ts'
import { nodeHttp, nodeHttps } from './node-http.ts'
import { type Expectation, Pipeline } from './pipeline.ts'
import { type Report, sendBusy, sendRefusal } from './problem.ts'
import { type Refused, refuseMalformed } from './refuse-malformed.ts'
import { createRequestIds } from './request-id.ts'
import { createRouter, type Gate } from './router.ts'
import { takeWaiting } from './take-waiting.ts'

export interface ListenOptions {
  /** A name or an address, IPv6 without brackets. */
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** Other threads of this process listen on the same address; the system spreads the connections over them. */
  readonly reusePort?: boolean
  /** PEM text. */
  readonly tls?: { readonly cert: string; readonly key: string }
  readonly limits: HttpLimits
  /** What stands before the doors. Absent: nothing. */
  readonly gate?: Gate
  /** Whose word on where requests come from is taken. Absent: nobody's. */
  readonly proxies?: TrustedProxies
  /** ms for which browsers come by TLS alone; told over TLS. Absent: they are not told. */
  readonly strictTransport?: number
  /** Aborted: the server is about to close. It answers as ever, and tells each client to make another connection. */
  readonly leaving?: AbortSignal
  /** Told what went wrong when the answer had begun, and no door could say it any more. */
  readonly report: Report
  /** Has each request served within something of its own, such as a span. */
  readonly around?: (exchange: Exchange, serve: () => void) => void
  /** Called when the answer is out or its client gone. */
  readonly onAnswered?: (answered: Answered) => void
  /** Called when something was told that it is no request. */
  readonly onRefused?: (refused: Refused) => void
}

/** Bytes and milliseconds. */
export interface HttpLimits {
  readonly headerBytes: number
  readonly headerCount: number
  /** Open at once, on this listener. */
  readonly connections: number
  /** The fewest bytes a second that a body may bring, looked at over `idleTimeout`; 0: any. */
  readonly minBodyRate: number
  /** The fewest bytes a second of an answer that a client may take, likewise; 0: any. */
  readonly minAnswerRate: number
  readonly headersTimeout: number
  readonly requestTimeout: number
  readonly idleTimeout: number
  readonly keepAliveTimeout: number
}

export interface Answered {
  readonly exchange: Exchange
  /** As `statusSent` says. */
  readonly status: number
  readonly durationMs: number
  /** False: the client left before it had everything. */
  readonly complete: boolean
}

export interface HttpServer {
  readonly address: AddressInfo
  /** Since the start, and as it is now. */
  figures(): HttpFigures
  /** Takes no more requests, lets those that run end within `graceMs`, then cuts them off. Idempotent. */
  close(graceMs: number): Promise<void>
}

export interface HttpFigures extends ConnectionFigures {
  /** Requests without a whole answer. */
  readonly running: number
}

/** Rejects where the address cannot be had. */
export async function listen(doors: readonly Door[], options: ListenOptions): Promise<HttpServer> {
  const route = createRouter(doors, options.report, options.gate)
  const requestId = createRequestIds()
  const pipeline = new Pipeline()
  const { limits, around, strictTransport } = options
  // RFC 6797, section 6.1.
  const strict =
    strictTransport === undefined
      ? undefined
      : ['Strict-Transport-Security', `max-age=${Math.floor(strictTransport / 1000)}`]
  let closing = false
  /** Connections without a request are not waited for any more. */
  let impatient = false
  let running = 0

  const serve = (request: IncomingMessage, response: ServerResponse, expectation: Expectation): void => {
    if (Pipeline.isEarly(response)) {
      pipeline.wait(request, response, expectation, serve)
      return
    }
    running++
    const exchange = new Exchange(
      request,
      response,
      requestId(header(request, 'x-request-id')),
      expectation === 'continue',
    )
    exchange.proxies = options.proxies
    if (strict !== undefined && exchange.cameFrom.scheme === 'https') exchange.addHeaders(...strict)
    exchange.closeConnection = closing || options.leaving?.aborted === true
    const begun = performance.now()
    response.once('close', () => {
      running--
      if (closing) endUnused()
      options.onAnswered?.({
        exchange,
        status: statusSent(response),
        durationMs: performance.now() - begun,
        complete: response.writableFinished,
      })
    })
    const wrong = hostFault(request)
    if (connections.isSurplus(request.socket)) sendBusy(exchange)
    else if (expectation === 'something else')
      sendRefusal(exchange, 'expectation-unmet', 'no such expectation can be met')
    else if (wrong !== undefined) sendRefusal(exchange, wrong.code, wrong.detail)
    else if (around === undefined) route(exchange)
    else around(exchange, () => route(exchange))
  }

  const server = create(options)
  server.on('request', (request, response) => serve(request, response, 'nothing'))
  server.on('checkContinue', (request, response) => serve(request, response, 'continue'))
  server.on('checkExpectation', (request, response) => serve(request, response, 'something else'))
  refuseMalformed(server, () => requestId(undefined), options.onRefused)
  server.timeout = limits.idleTimeout
  // With more Node answers 431 by itself.
  server.maxHeadersCount = limits.headerCount
  const connections = new Connections(server, limits, options.tls !== undefined)
  server.on('timeout', endIdle)
  await listening(server, options)
  server.on('error', seldom(options.report))

  let closed: Promise<void> | undefined
  const close = async (graceMs: number): Promise<void> => {
    closing = true
    connections.stop()
    await takeWaiting(server, Math.min(graceMs, queueGraceMs))
    // That of http would end those on which a first request is on its way, too.
    const ended = new Promise<void>((resolve) => closeListener.call(server, () => resolve()))
    endUnused()
    const silent = setTimeout(
      () => {
        impatient = true
        endUnused()
      },
      Math.min(graceMs, idleGraceMs),
    )
    const late = setTimeout(() => server.closeAllConnections(), graceMs)
    await ended
    clearTimeout(silent)
    clearTimeout(late)
    // Ends what http has begun beside the listener.
    server.close()
  }
  /** A request that has come on the last of them since then has its time like any other. */
  const endUnused = (): void => {
    if (impatient && running === 0) server.closeAllConnections()
    else if (impatient) server.closeIdleConnections()
    else connections.endUsed()
  }
  return {
    address: server.address() as AddressInfo,
    figures: () => ({ running, ...connections.figures() }),
    close: (graceMs) => (closed ??= close(graceMs)),
  }
}

/** No status of any standard: the request ended before an answer had begun. Known from nginx. */
const unanswered = 499

/** What the client was told. Until it is told anything, Node has 200 standing there. */
export function statusSent(response: ServerResponse): number {
  return response.headersSent ? response.statusCode : unanswered
}

/** A connection without a request, which may be in the middle of one's headers, is waited for no longer than this. */
const idleGraceMs = 500

/** Those that wait to be let in are let in for no longer than this. */
const queueGraceMs = 5_000

const { close: closeListener } = NetServer.prototype

function create(options: ListenOptions): Server {
  const { limits, tls } = options
  const settings: ServerOptions = {
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersTimeout,
    requestTimeout: Math.max(limits.requestTimeout, limits.headersTimeout),
    keepAliveTimeout: limits.keepAliveTimeout,
    connectionsCheckingInterval: Math.min(30_000, Math.max(100, limits.headersTimeout / 4)),
    noDelay: true,
    // Its refusal would have no body; see hostFault.
    requireHostHeader: false,
  }
  return tls === undefined
    ? nodeHttp.createServer(settings)
    : nodeHttps().createServer({ ...settings, ...tls, handshakeTimeout: limits.headersTimeout })
}

/** Where a connection cannot be let in, for want of files, the next one cannot either: it is told once in a while. */
function seldom(report: Report): (error: Error) => void {
  let told = Number.NEGATIVE_INFINITY
  return (error) => {
    const now = performance.now()
    if (now - told < tellEveryMs) return
    told = now
    report('a connection could not be let in', error, {})
  }
}

const tellEveryMs = 10_000

function listening(server: Server, options: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    const { host, port, reusePort = false } = options
    server.listen({ host, port, reusePort }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

/**
 * No byte moved for the idle time. Where the request is here and its answer has not begun, the silence is Lading's own
 * (verifying a large blob takes a while); else the client's, and the connection is let go.
 */
function endIdle(socket: Socket): void {
  const response = currentResponse(socket)
  if (response?.req.complete === true && !response.headersSent) return
  socket.destroy()
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name]
  return typeof value === 'string' ? value : undefined
}
