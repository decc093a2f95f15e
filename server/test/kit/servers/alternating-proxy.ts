import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { PassedBody } from './alternating-proxy-body.ts'

/** Sends request k to server k mod n. Disposal ends it, and all connections. */
export interface AlternatingProxy extends AsyncDisposable {
  readonly url: string
  /** `127.0.0.1:port` */
  readonly address: string
  /** Requests so far that each server has answered, in their order. */
  readonly answered: readonly number[]
  /** Requests that went to another server than the one whose turn it was. */
  readonly movedOn: number
  /** What a client was told by 502, since no server did. */
  readonly failures: readonly string[]
}

/** How long a client may go on sending what nobody wants, after it has its answer. */
const lingerMs = 2_000

/**
 * Bytes stream both ways. Where a server accepts nothing, or its connection breaks before an answer, the request goes to the
 * next one, unless too much of its body has gone by. That is right for a registry: a PUT may be repeated, a chunk says where
 * it belongs and is not taken twice, and a POST that begins an upload has no effect.
 *
 * @param targets Urls of the servers.
 * @param instead The status that is answered where no server is to be asked.
 */
export async function startAlternatingProxy(
  targets: readonly string[],
  instead: () => number | undefined = () => undefined,
): Promise<AlternatingProxy> {
  const ways = targets.map((target) => new URL(target))
  const told = { answered: targets.map(() => 0), movedOn: 0, failures: [] as string[] }
  let turn = 0
  const serve = (client: IncomingMessage, answer: ServerResponse): void => {
    const status = instead()
    if (status !== undefined) {
      client.resume()
      answer.writeHead(status, { Connection: 'close', 'Content-Length': 0 }).end()
      return
    }
    const first = turn++
    const body = new PassedBody(client)
    const attempt = (tried: number): void => {
      const at = (first + tried) % ways.length
      const way = ways[at] as URL
      const sent = request({
        host: way.hostname,
        port: way.port,
        method: client.method,
        path: client.url,
        headers: passedOn(client.headers),
        agent: false,
      })
      const state = { connected: false, over: false }
      sent.once('socket', (socket) => socket.once('connect', () => (state.connected = true)))
      sent.on('continue', () => answer.writeContinue())
      sent.on('information', ({ statusCode }) => {
        if (statusCode === 102) answer.writeProcessing()
      })
      sent.on('response', (from) => {
        state.over = true
        told.answered[at] = (told.answered[at] ?? 0) + 1
        const isRefusal = (from.statusCode ?? 502) >= 400 && !client.complete
        if (isRefusal) body.stop()
        reply(client, answer, { from, isRefusal })
      })
      sent.on('error', (error) => {
        if (state.over || answer.destroyed) return
        state.over = true
        const mayRepeat = !state.connected || body.isKept
        if (mayRepeat && tried + 1 < ways.length) {
          told.movedOn++
          attempt(tried + 1)
          return
        }
        told.failures.push(`${client.method} ${client.url}: ${error.message}`)
        body.stop()
        answer.writeHead(502, { Connection: 'close' }).end(`no server answers: ${error.message}\n`)
      })
      answer.once('close', () => sent.destroy())
      body.to(sent)
    }
    attempt(0)
  }
  const server = createServer({ requestTimeout: 0 }, serve)
  // The servers say whether they want the body.
  server.on('checkContinue', serve)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url: `http://${address}`,
    address,
    answered: told.answered,
    get movedOn() {
      return told.movedOn
    },
    failures: told.failures,
    [Symbol.asyncDispose]: () => close(server),
  }
}

interface Reply {
  readonly from: IncomingMessage
  /** It came while the client was still sending, such as 413: the rest is heard for a while, and thrown away. */
  readonly isRefusal: boolean
}

function reply(client: IncomingMessage, answer: ServerResponse, { from, isRefusal }: Reply): void {
  answer.writeHead(from.statusCode ?? 502, {
    ...passedOn(from.headers),
    ...(isRefusal && { connection: 'close' }),
  })
  // A body that breaks off must not look whole.
  from.on('error', () => answer.destroy())
  from.pipe(answer, { end: !isRefusal })
  if (!isRefusal) return
  from.once('end', () => {
    if (client.complete) {
      answer.end()
      return
    }
    const late = setTimeout(() => answer.end(), lingerMs)
    for (const over of ['end', 'close'])
      client.once(over, () => {
        clearTimeout(late)
        answer.end()
      })
  })
  client.resume()
}

/** RFC 9110 section 7.6.1: what speaks of one connection alone. The length, or its absence, stays. */
function passedOn(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const { connection: _, 'keep-alive': __, ...others } = headers
  return others
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeAllConnections()
  await closed
}
