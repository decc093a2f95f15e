import { Agent, type IncomingHttpHeaders, request } from 'node:http'

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

export interface Asking {
  readonly method: string
  readonly url: URL
  readonly headers?: Readonly<Record<string, string | number>>
  /** Written one after the other, and not copied. */
  readonly body?: readonly Uint8Array[]
}

/** One client's way to ask, a question at a time. */
export type Ask = (asking: Asking) => Promise<Answer>

/** One client's connection, kept between its requests. */
export function oneConnection(): Agent {
  return new Agent({ keepAlive: true, maxSockets: 1 })
}

export function exchange(agent: Agent, { method, url, headers = {}, body = [] }: Asking): Promise<Answer> {
  const length = body.reduce((sum, part) => sum + part.length, 0)
  const sized = method === 'GET' || method === 'HEAD' ? headers : { ...headers, 'content-length': length }
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { agent, method, headers: sized }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) })
      })
    })
    outgoing.on('error', reject)
    for (const part of body) outgoing.write(part)
    outgoing.end()
  })
}
