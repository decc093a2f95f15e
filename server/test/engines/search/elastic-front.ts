import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface FrontAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface FrontRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** What becomes of a request: an answer of its own, or that of the server behind, or the line is cut, or nothing comes. */
export type FrontMeans = (
  request: FrontRequest,
  behind: () => Promise<FrontAnswer>,
) => Promise<FrontAnswer | 'cut' | 'silence'>

/** Stands before a server, and does with its answers what a test wants. Passes all on where nothing is said. */
export interface ElasticFront extends AsyncDisposable {
  readonly url: string
  means: FrontMeans
  readonly seen: FrontRequest[]
}

export const passOn: FrontMeans = (_, behind) => behind()

export const json = (status: number, body: unknown): FrontAnswer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

/** @param target undefined: there is nobody behind */
export async function startElasticFront(target?: string): Promise<ElasticFront> {
  const server = createServer((incoming, outgoing) => void pass(incoming, outgoing))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const front: ElasticFront = {
    url: `http://127.0.0.1:${port}`,
    means: passOn,
    seen: [],
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
    },
  }
  return front

  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    try {
      const chunks: Buffer[] = []
      for await (const chunk of incoming) chunks.push(chunk as Buffer)
      const request = {
        method: incoming.method ?? '',
        path: incoming.url ?? '',
        headers: incoming.headers,
        body: Buffer.concat(chunks).toString(),
      }
      front.seen.push(request)
      const answer = await front.means(request, () => ask(request))
      if (answer === 'silence') return
      if (answer === 'cut') return void outgoing.destroy()
      outgoing.writeHead(answer.status, answer.headers).end(answer.body)
    } catch {
      // Nobody answers behind it, so nobody does before it.
      outgoing.destroy()
    }
  }

  async function ask({ method, path, headers, body }: FrontRequest): Promise<FrontAnswer> {
    const answer = await fetch(`${target}${path}`, {
      method,
      headers: { 'content-type': headers['content-type'] ?? 'application/json' },
      ...(body !== '' && { body }),
    })
    const type = answer.headers.get('content-type') ?? 'text/plain'
    return { status: answer.status, headers: { 'content-type': type }, body: await answer.text() }
  }
}
