import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { currentResponse } from './current-response.ts'
import { nodeHttp } from './node-http.ts'

/** What was sent and never became a request that a door could answer. */
export interface Refused {
  readonly status: number
  readonly requestId: string
  readonly address: string | undefined
  /** Node's name for what is wrong with it. */
  readonly reason: string
}

interface Refusal {
  readonly status: number
  readonly title: string
}

const tooSlow: Refusal = { status: 408, title: 'the request took too long to arrive' }
const malformed: Refusal = { status: 400, title: 'this is no well-formed HTTP request' }
const refusals: ReadonlyMap<string, Refusal> = new Map([
  ['HPE_HEADER_OVERFLOW', { status: 431, title: 'the headers are too large or too many' }],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', { status: 413, title: 'the extensions of a chunk are too large' }],
  ['ERR_HTTP_REQUEST_TIMEOUT', tooSlow],
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
      onRefused?.({ status: refusal.status, requestId, address, reason })
  })
}

function answer({ status, title }: Refusal, requestId: string): string {
  const body = JSON.stringify({ status, title, requestId })
  return [
    `HTTP/1.1 ${status} ${nodeHttp.STATUS_CODES[status]}`,
    'Content-Type: application/problem+json',
    'Cache-Control: no-store',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n')
}
