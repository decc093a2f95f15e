import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { S3Server } from '../../kit/servers/s3-server.ts'

export interface Seen {
  readonly method: string
  /** With its query. */
  readonly url: string
  readonly headers: IncomingMessage['headers']
}

/**
 * What happens to a request. `fail`: it is answered so, and the server never sees it. `hang`: nothing is answered.
 * `late`: the server does it when who asked has given up. `lose`: it does it at once, and the answer is lost. `cut`: of the answer's body only so many bytes come.
 */
export type Fault =
  | { readonly do: 'pass' }
  | { readonly do: 'fail'; readonly status: number; readonly code: string }
  | { readonly do: 'hang' }
  | { readonly do: 'late' }
  | { readonly do: 'lose' }
  | { readonly do: 'cut'; readonly after: number }

/** A front of an S3 server that notes what passes, and spoils what it is told to. */
export interface S3Front extends AsyncDisposable {
  readonly endpoint: string
  readonly port: number
  readonly seen: Seen[]
  fault: (seen: Seen) => Fault
}

export const pass: Fault = { do: 'pass' }

export async function startFront(server: Pick<S3Server, 'host' | 'port'>): Promise<S3Front> {
  const sockets = new Set<Socket>()
  const seen: Seen[] = []
  const http = createServer((asked, answer) => {
    const one: Seen = { method: asked.method ?? '', url: asked.url ?? '', headers: asked.headers }
    seen.push(one)
    void handle({ asked, answer, server }, front.fault(one))
  })
  // An S3 server answers what it expects by itself.
  http.on('checkContinue', (asked, answer) => {
    answer.writeContinue()
    http.emit('request', asked, answer)
  })
  http.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  const address = http.address()
  if (address === null || typeof address === 'string') throw new Error('no port was given')
  const front: S3Front = {
    endpoint: `http://127.0.0.1:${address.port}`,
    port: address.port,
    seen,
    fault: () => pass,
    [Symbol.asyncDispose]: async () => {
      http.close()
      for (const socket of sockets) socket.destroy()
    },
  }
  return front
}

interface Passing {
  readonly asked: IncomingMessage
  readonly answer: ServerResponse
  readonly server: Pick<S3Server, 'host' | 'port'>
}

async function handle({ asked, answer, server }: Passing, fault: Fault): Promise<void> {
  asked.on('error', () => {})
  if (fault.do === 'hang') {
    asked.resume()
    return
  }
  if (fault.do === 'fail') {
    asked.resume()
    await once(asked, 'end').catch(() => {})
    const body = `<?xml version="1.0"?><Error><Code>${fault.code}</Code><Message>made up by a test</Message></Error>`
    answer
      .writeHead(fault.status, { 'content-type': 'application/xml' })
      .end(asked.method === 'HEAD' ? '' : body)
    return
  }
  const { host, port } = server
  const { expect: _, ...headers } = asked.headers
  if (fault.do === 'late') {
    const body: Buffer[] = []
    asked.on('data', (chunk: Buffer) => body.push(chunk))
    answer.on('close', () => {
      if (!asked.complete) return
      const late = request({ host, port, method: asked.method, path: asked.url, headers, setHost: false })
      late.on('error', () => {}).on('response', (from) => from.resume())
      late.end(Buffer.concat(body))
    })
    return
  }
  const on = request({ host, port, method: asked.method, path: asked.url, headers, setHost: false })
  on.on('error', () => answer.destroy())
  on.on('response', (from) => {
    from.on('error', () => answer.destroy())
    if (fault.do === 'lose') {
      from.resume().on('end', () => answer.destroy())
      return
    }
    answer.writeHead(from.statusCode ?? 502, from.headers)
    if (fault.do === 'cut') cut(from, answer, fault.after)
    else from.pipe(answer)
  })
  asked.pipe(on)
}

function cut(from: IncomingMessage, answer: ServerResponse, after: number): void {
  let left = after
  from.on('data', (chunk: Buffer) => {
    if (left < 0) return
    if (chunk.length < left) {
      left -= chunk.length
      answer.write(chunk)
      return
    }
    answer.write(chunk.subarray(0, left), () => answer.destroy())
    left = -1
  })
  from.on('end', () => {
    if (left >= 0) answer.end()
  })
}

/** What a request to S3 is. */
export function callOf({ method, url, headers }: Seen): string {
  const query = new URL(url, 'http://s3').searchParams
  if (query.has('uploads')) return method === 'POST' ? 'begin' : 'uploads'
  if (query.has('partNumber')) return 'part'
  if (query.has('uploadId')) return method === 'POST' ? 'complete' : method === 'DELETE' ? 'abort' : 'parts'
  if (query.has('list-type')) return 'list'
  if (method === 'GET' && headers.range !== undefined) return 'range'
  return method.toLowerCase()
}
