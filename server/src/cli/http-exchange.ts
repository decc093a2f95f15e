import type { IncomingMessage, RequestOptions } from 'node:http'
import { nodeHttp, nodeHttps } from '../http/node-http.ts'

/** More than any manifest or page of a history. */
const maxAnswerBytes = 64 * 1024 * 1024
const requestTimeoutMs = 60_000

export interface HttpRequest {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  /** PEM, one certificate each. Empty: those that this machine trusts anyway. */
  readonly authorities: readonly string[]
  /** For the whole exchange; a minute where it is not said. */
  readonly timeoutMs?: number
  /** Of TLS, whoever signed it: only where nothing secret is said and nothing that is heard is relied on. */
  readonly anyCertificate?: boolean
}

export interface HttpAnswer {
  readonly status: number
  readonly headers: Headers
  readonly bytes: Uint8Array
}

/** One request on a connection of its own; redirects are not followed. Rejects with what Node or the socket says. */
export function exchange(url: URL, asked: HttpRequest): Promise<HttpAnswer> {
  const { method, headers, body, authorities, timeoutMs = requestTimeoutMs, anyCertificate = false } = asked
  const options: RequestOptions & { ca?: string[]; rejectUnauthorized?: boolean } = {
    method,
    headers,
    agent: false,
    signal: AbortSignal.timeout(timeoutMs),
    ...(authorities.length === 0 ? {} : { ca: [...authorities] }),
    ...(anyCertificate ? { rejectUnauthorized: false } : {}),
  }
  const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>()
  const { request } = url.protocol === 'https:' ? nodeHttps() : nodeHttp
  const sent = request(url, options, (response) => {
    readAnswer(response).then(resolve, reject)
  })
  sent.on('error', reject)
  sent.end(body)
  return promise
}

async function readAnswer(response: IncomingMessage): Promise<HttpAnswer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > maxAnswerBytes) throw new Error(`it answers more than ${maxAnswerBytes} bytes`)
    chunks.push(chunk)
  }
  const headers = new Headers()
  for (const [name, values] of Object.entries(response.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value)
  }
  return { status: response.statusCode ?? 0, headers, bytes: Buffer.concat(chunks, length) }
}
