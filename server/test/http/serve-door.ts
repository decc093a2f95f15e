import type { Door } from '../../src/http/door.ts'
import type { Exchange } from '../../src/http/exchange.ts'
import {
  type Answered,
  type HttpLimits,
  type HttpServer,
  type ListenOptions,
  listen,
} from '../../src/http/listen.ts'
import { type Report, sendProblem } from '../../src/http/problem.ts'

export interface Served extends AsyncDisposable {
  readonly url: string
  readonly server: HttpServer
  /** What was reported as nobody's fault but the server's. */
  readonly reported: unknown[]
  /** The same, with what was said of each. */
  readonly reports: Reported[]
}

export interface Reported {
  readonly message: string
  readonly error: unknown
  readonly fields: Readonly<Record<string, string>>
}

const usualLimits: HttpLimits = {
  headerBytes: 16_384,
  headerCount: 100,
  connections: 1000,
  minBodyRate: 0,
  minAnswerRate: 0,
  headersTimeout: 30_000,
  requestTimeout: 60_000,
  idleTimeout: 60_000,
  keepAliveTimeout: 60_000,
}

/** One door at /door and one handler behind it. */
export async function serveDoor(
  handle: (exchange: Exchange) => void | Promise<void>,
  limits: Partial<HttpLimits> = {},
  onAnswered?: (answered: Answered) => void,
  more: Pick<ListenOptions, 'tls' | 'onRefused' | 'leaving'> = {},
): Promise<Served> {
  const reported: unknown[] = []
  const reports: Reported[] = []
  const report: Report = (message, error, fields) => {
    reported.push(error)
    reports.push({ message, error, fields })
  }
  const door: Door = {
    segments: ['door'],
    handle,
    fail: (exchange, error) => sendProblem(exchange, error, report),
  }
  const server = await listen([door], {
    host: '127.0.0.1',
    port: 0,
    report,
    limits: { ...usualLimits, ...limits },
    ...(onAnswered === undefined ? {} : { onAnswered }),
    ...more,
  })
  return {
    url: `${more.tls === undefined ? 'http' : 'https'}://127.0.0.1:${server.address.port}`,
    server,
    reported,
    reports,
    [Symbol.asyncDispose]: () => server.close(0),
  }
}
