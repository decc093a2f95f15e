import type { ServerResponse } from 'node:http'
import { guardAnswer } from './answer-guards.ts'
import type { Exchange } from './exchange.ts'

/** So much of a body that nobody wants is read, lest the client misses the answer because it is still sending. */
export const drainBytes: number = 1024 * 1024
/** Where the connection ends with the answer: a proxy in front has often begun to send all that a client has sent it. */
export const lingerBytes: number = 16 * 1024 * 1024
/** And for so long. */
export const drainMs = 2000

/** Names and values in turn, as `writeHead` takes them. */
export type HeaderList = string[]

const none: Uint8Array = new Uint8Array(0)

/** Answers with a body that is there already; of a HEAD, with its headers alone. */
export function send(
  exchange: Exchange,
  status: number,
  headers: HeaderList,
  body: string | Uint8Array = none,
): void {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  // RFC 9110 section 8.6: 204 must not carry a length, and that of a 304 would be that of the content.
  if (status !== 204 && status !== 304) headers.push('Content-Length', String(bytes.length))
  const unread = unreadBody(exchange)
  if (unread === 'much') exchange.closeConnection = true
  writeHead(exchange, status, headers)
  const shown = exchange.method === 'HEAD' ? none : bytes
  if (unread === 'much') endAfterDraining(exchange, shown)
  else end(exchange.response, shown)
  if (unread === 'little') drain(exchange)
}

/** A body up to this size leaves with its head in one piece. */
const onePiece = 16_384

/** Node joins a head to a text, but not to bytes: as latin1, in which each byte is a character, one write is enough. */
function end(response: ServerResponse, body: Uint8Array): void {
  if (body.length === 0) response.end()
  else if (body.length > onePiece) response.end(body)
  else response.end(Buffer.from(body.buffer, body.byteOffset, body.length).toString('latin1'), 'latin1')
}

/** The headers alone: of a HEAD for content that is not opened, whose length stands among `headers`. */
export function sendHead(exchange: Exchange, status: number, headers: HeaderList): void {
  writeHead(exchange, status, headers)
  exchange.response.end()
}

/**
 * Answers with content as it comes; its length stands among `headers`. Waits for each chunk to leave before it asks for
 * the next, since an engine may use the chunk's memory again. Resolves once all is sent or the client has gone. Throws
 * where the content fails, or is shorter or longer than announced: then part of the answer is out, nothing of another
 * may follow it, and the connection has to be cut off.
 */
export async function sendStream(
  exchange: Exchange,
  status: number,
  headers: HeaderList,
  bytes: AsyncIterable<Uint8Array>,
): Promise<void> {
  const { response, signal } = exchange
  writeHead(exchange, status, headers)
  const announced = lengthAmong(headers)
  let sent = 0
  let proceed = (_error?: Error | null): void => {}
  signal.addEventListener('abort', () => proceed(new Error('the client has gone')), { once: true })
  for await (const chunk of bytes) {
    if (signal.aborted) return
    sent += chunk.length
    if (announced !== undefined && sent > announced) {
      throw new Error(`the content goes on after its ${announced} bytes`)
    }
    const failed = await new Promise<Error | null | undefined>((resolve) => {
      proceed = resolve
      response.write(chunk, resolve)
    })
    // A write to a connection that is gone fails at once, long before the signal is told.
    if (failed) return
  }
  if (announced !== undefined && sent < announced) {
    throw new Error(`the content ended after ${sent} of ${announced} bytes`)
  }
  response.end()
}

function lengthAmong(headers: HeaderList): number | undefined {
  const at = headers.findIndex((name, index) => index % 2 === 0 && name === 'Content-Length')
  return at === -1 ? undefined : Number(headers[at + 1])
}

function writeHead(exchange: Exchange, status: number, headers: HeaderList): void {
  headers.push('X-Request-Id', exchange.requestId)
  guardAnswer(headers)
  if (exchange.headers !== undefined) headers.push(...exchange.headers)
  if (exchange.closeConnection) headers.push('Connection', 'close')
  exchange.response.writeHead(status, headers)
}

/**
 * How much of the request's body nobody has read. `little` is drained after the answer, and the connection kept. A
 * client that waits for `100 Continue` and gets a final answer may or may not send its body (RFC 9110 section
 * 10.1.1): only a closed connection tells what follows.
 */
function unreadBody(exchange: Exchange): 'none' | 'little' | 'much' {
  const { request, bodyLength } = exchange
  if (bodyLength === 0 || request.readableEnded) return 'none'
  // All of it has come; yet where nobody takes it, its connection may stay paused.
  if (request.complete) return 'little'
  if (exchange.expectsContinue) return 'much'
  // RFC 9112 section 9.6: closed behind the answer while bytes come, a connection takes the answer along.
  if (exchange.closeConnection || !exchange.response.shouldKeepAlive) return 'much'
  return bodyLength !== undefined && bodyLength <= drainBytes ? 'little' : 'much'
}

/**
 * Node does so by itself only where nobody has begun to read; the rest of a body that was begun would stand before the
 * next request for ever. A listener rather than `resume`: it goes on by itself once a last reader has let go.
 */
function drain(exchange: Exchange): void {
  exchange.leaveBody()
  exchange.request.on('data', ignore)
}

function ignore(): void {}

/** The client has its whole answer, by its length, while the connection stays open for what it is still sending. */
function endAfterDraining(exchange: Exchange, body: Uint8Array): void {
  const { request, response } = exchange
  exchange.leaveBody()
  let left = lingerBytes
  const end = (): void => {
    clearTimeout(timer)
    request.off('data', count).off('end', end).off('close', end)
    response.end()
  }
  const count = (chunk: Uint8Array): void => {
    left -= chunk.length
    if (left < 0) end()
  }
  const timer = setTimeout(end, drainMs)
  timer.unref()
  if (body.length > 0) response.write(body)
  else response.flushHeaders()
  request.on('data', count).on('end', end).on('close', end)
}
