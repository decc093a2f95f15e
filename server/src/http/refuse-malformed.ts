import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { currentResponse } from './current-response.ts'
import { nodeHttp } from './node-http.ts'
import { problemText } from './problem.ts'
import { type TransportCode, transportStatuses } from './problem-code.ts'

/** What was sent and never became a request that a door could answer. */
export interface Refused {
  readonly status: number
  readonly requestId: string
  readonly address: string | undefined
  /** Node's name for what is wrong with it. */
  readonly reason: string
}

interface Refusal {
  readonly code: TransportCode
  readonly detail: string
}

const malformed: Refusal = { code: 'request-malformed', detail: 'this is no well-formed HTTP request' }
const refusals: ReadonlyMap<string, Refusal> = new Map([
  ['HPE_HEADER_OVERFLOW', { code: 'headers-too-large', detail: 'the headers are too large or too many' }],
  [
    'HPE_CHUNK_EXTENSIONS_OVERFLOW',
    { code: 'chunk-extensions-too-large', detail: 'the extensions of a chunk are too large' },
  ],
  ['ERR_HTTP_REQUEST_TIMEOUT', { code: 'request-slow', detail: 'the request took too long to arrive' }],
])

/**
 * Answers what Node's parser refuses as RFC 9457 describes, and ends its connection; Node's own answer would have neither
 * a body nor an id to ask for.
 */
export function refuseMalformed(
  server: Server,
  makeId: () => string,
  onRefused: ((refused: Refused) => void) | undefined,
): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    const reason = error.code ?? ''
    const refusal = refusals.get(reason) ?? (reason.startsWith('HPE_') ? malformed : undefined)
    // A connection that broke, or never became secure; or half an answer, of which nothing else may become the rest.
    if (refusal === undefined || !socket.writable || currentResponse(socket)?.headersSent === true) {
      socket.destroy()
      return
    }
    const requestId = makeId()
    const address = socket.remoteAddress
    socket.write(answer(refusal, requestId))
    socket.destroySoon()
    // Whoever leaves in the middle has sent nothing wrong; what was begun for them ends as unanswered.
    if (reason !== 'HPE_INVALID_EOF_STATE')
      onRefused?.({ status: transportStatuses[refusal.code], requestId, address, reason })
  })
}

function answer({ code, detail }: Refusal, requestId: string): string {
  const status = transportStatuses[code]
  const body = problemText({ code, status, detail }, requestId)
  return [
    `HTTP/1.1 ${status} ${nodeHttp.STATUS_CODES[status]}`,
    'Content-Type: application/problem+json',
    'Cache-Control: no-store',
    'X-Content-Type-Options: nosniff',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n')
}
