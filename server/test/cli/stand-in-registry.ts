import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface SeenRequest {
  readonly line: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export type Answer = readonly [status: number, headers?: Record<string, string>, body?: string]

/** An HTTP server that answers as it is told and remembers what it was asked. */
export async function standInRegistry(
  answers: Readonly<Record<string, Answer | ((request: SeenRequest) => Answer)>>,
): Promise<AsyncDisposable & { readonly host: string; readonly seen: readonly SeenRequest[] }> {
  const seen: SeenRequest[] = []
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const line = `${request.method} ${request.url}`
      const one = { line, headers: request.headers, body: Buffer.concat(chunks).toString() }
      seen.push(one)
      const told = answers[line] ?? [
        500,
        {},
        `{"errors":[{"code":"UNKNOWN","message":"unforeseen: ${line}"}]}`,
      ]
      const [status, headers = {}, body = ''] = typeof told === 'function' ? told(one) : told
      response.writeHead(status, headers).end(body)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

export function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`
}
