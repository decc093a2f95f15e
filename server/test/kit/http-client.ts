import { Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http'
import { request as tlsRequest } from 'node:https'

export interface Ask {
  readonly method?: string
  readonly path: string
  readonly headers?: OutgoingHttpHeaders
  /** Bytes are sent with their length, an iterable without one. */
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>
  /** PEM, for https. */
  readonly ca?: string
  readonly auth?: string
  /** Absent: a connection for this request alone. */
  readonly agent?: Agent
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly rawHeaders: readonly string[]
  readonly body: Buffer
  text(): string
  // biome-ignore lint/suspicious/noExplicitAny: what a test says of it fails where it is otherwise
  json(): any
}

const oneRequestEach = new Agent({ keepAlive: false })

/** One request, as given: no header is added that http does not need, no redirect followed. */
export async function ask(
  baseUrl: string,
  { method = 'GET', path, headers = {}, body, ca, auth, agent = oneRequestEach }: Ask,
): Promise<Answer> {
  const url = new URL(baseUrl)
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  const whole = bytes instanceof Uint8Array
  const options = {
    host: url.hostname,
    port: url.port,
    method,
    path,
    headers: {
      ...(whole && headers['Content-Length'] === undefined ? { 'Content-Length': bytes.length } : {}),
      ...headers,
    },
    ...(auth === undefined ? {} : { auth }),
  }
  return await new Promise<Answer>((resolve, reject) => {
    const sent =
      url.protocol === 'https:'
        ? tlsRequest({ ...options, ca, agent: false })
        : request({ ...options, agent })
    let answered = false
    sent.on('error', (error) => {
      if (!answered) reject(error)
    })
    sent.on('response', (response) => {
      answered = true
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const all = Buffer.concat(chunks)
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          rawHeaders: response.rawHeaders,
          body: all,
          text: () => all.toString(),
          json: () => JSON.parse(all.toString()),
        })
      })
    })
    if (bytes === undefined) sent.end()
    else if (whole) sent.end(bytes)
    else void pour(bytes, sent).catch(reject)
  })
}

async function pour(bytes: AsyncIterable<Uint8Array>, to: NodeJS.WritableStream): Promise<void> {
  for await (const chunk of bytes) {
    if (!to.write(chunk)) await new Promise((resolve) => to.once('drain', resolve))
  }
  to.end()
}
