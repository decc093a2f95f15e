import { connect } from 'node:net'
import type { FuzzRequest } from './http-requests.ts'

export interface RawAnswer {
  readonly status: number
  /** By lower-case name; of one that comes twice, the last. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: Buffer
}

const leaving: ReadonlySet<string> = new Set(['short', 'huge'])

/**
 * Whether an answer can be asked for. Where more is promised than comes the registry may wait for it with right, so
 * that the client leaves once it has sent all it has, and gets no answer.
 */
export function staysForAnswer({ framing, headers }: FuzzRequest): boolean {
  return !leaving.has(framing) && !headers.some(([name]) => name === 'Transfer-Encoding')
}

/**
 * Sends a request whose names are filled in over a connection of its own, and answers what came until it was closed
 * or the answer was whole. Throws where that is not within `deadlineMs`.
 */
export async function exchangeBytes(url: string, request: FuzzRequest, deadlineMs: number): Promise<Buffer> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  const received: Buffer[] = []
  socket.on('data', (chunk: Buffer) => {
    received.push(chunk)
    // A registry that wants no more of the body than it has seen leaves it to the client to close.
    if (isWhole(Buffer.concat(received), request.method)) socket.destroy()
  })
  // A server that closes while bytes are still on their way to it resets the connection: that is an end too.
  socket.on('error', () => undefined)
  const closed = new Promise((resolve) => socket.once('close', resolve))
  let late = false
  const timer = setTimeout(() => {
    late = true
    socket.destroy()
  }, deadlineMs)
  const bytes = wireBytes(request)
  if (staysForAnswer(request)) socket.write(bytes)
  else socket.end(bytes)
  await closed
  clearTimeout(timer)
  if (late)
    throw new Error(`no end within ${deadlineMs} ms; so far ${Buffer.concat(received).toString('latin1')}`)
  return Buffer.concat(received)
}

/** `undefined`: the connection was closed without an answer. Throws where it is no HTTP/1.1. */
export function parseAnswer(bytes: Buffer, method: string): RawAnswer | undefined {
  if (bytes.length === 0) return undefined
  const end = bytes.indexOf('\r\n\r\n')
  const [line = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n')
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(line)?.[1])
  if (end === -1 || Number.isNaN(status)) throw new Error(`no answer: ${bytes.toString('latin1')}`)
  const rest = bytes.subarray(end + 4)
  if (status < 200) return parseAnswer(rest, method)
  const headers = new Map(lines.map(parseHeader))
  const none = method === 'HEAD' || status === 204 || status === 304
  const length = none ? 0 : Number(headers.get('content-length') ?? rest.length)
  if (rest.length < length) throw new Error(`${length} bytes were announced, and ${rest.length} came`)
  return { status, headers, body: rest.subarray(0, length) }
}

function isWhole(bytes: Buffer, method: string): boolean {
  try {
    const answer = parseAnswer(bytes, method)
    return answer !== undefined && (answer.headers.has('content-length') || method === 'HEAD')
  } catch {
    return false
  }
}

function parseHeader(line: string): [string, string] {
  const parts = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+): ?([\t\x20-\x7e\x80-\xff]*)$/.exec(line)
  if (parts === null) throw new Error(`no header: ${JSON.stringify(line)}`)
  return [(parts[1] ?? '').toLowerCase(), parts[2] ?? '']
}

function wireBytes(request: FuzzRequest): Buffer {
  const body = Buffer.from(request.body)
  const [framingHeaders, framed] = frame(request, body)
  const hasHost = request.headers.some(([name]) => name === 'Host')
  const headers = [
    ...(hasHost ? [] : [['Host', 'registry.example']]),
    ...request.headers,
    ...framingHeaders,
    ['Connection', 'close'],
  ]
  const lines = headers.map(([name, value]) => `${name}: ${value}`)
  const head = [`${request.method} ${request.target} HTTP/1.1`, ...lines, '', ''].join('\r\n')
  return Buffer.concat([Buffer.from(head), framed])
}

function frame({ framing, method }: FuzzRequest, body: Buffer): [headers: [string, string][], bytes: Buffer] {
  const length = (value: number | string): [string, string] => ['Content-Length', String(value)]
  const chunked: [string, string] = ['Transfer-Encoding', 'chunked']
  const chunks = Buffer.concat([
    Buffer.from(`${body.length.toString(16)}\r\n`),
    body,
    Buffer.from(body.length === 0 ? '\r\n' : '\r\n0\r\n\r\n'),
  ])
  switch (framing) {
    case 'length':
      return [body.length === 0 && method === 'GET' ? [] : [length(body.length)], body]
    case 'chunked':
      return [[chunked], chunks]
    case 'short':
      return [[length(body.length + 10)], body]
    case 'long':
      return [[length(Math.max(0, body.length - 3))], body]
    case 'both':
      return [[length(body.length), chunked], chunks]
    case 'huge':
      return [[length('9007199254740993')], body]
    case 'negative':
      return [[length(-1)], body]
    case 'broken-chunk':
      return [[chunked], Buffer.concat([Buffer.from('zz\r\n'), body, Buffer.from('\r\n0\r\n\r\n')])]
  }
}
