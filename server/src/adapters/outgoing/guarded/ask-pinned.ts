import type { IncomingMessage } from 'node:http'
import type { RequestOptions } from 'node:https'
import { isIP } from 'node:net'
import { OutgoingError } from '../../../ports/outgoing/errors.ts'
import type { Step } from './next-step.ts'

export interface Asking {
  readonly maxBytes: number
  readonly signal: AbortSignal
}

/** Statuses whose answers have no body (Fetch Standard, "null body status"). */
const bodiless: ReadonlySet<number> = new Set([204, 205, 304])

/** Asks this address by the name that the URL has, which is also what its certificate is to be for. */
export async function askPinned(
  { url, method, headers, body }: Step,
  address: string,
  { maxBytes, signal }: Asking,
): Promise<Response> {
  const name = url.hostname.replace(/^\[|\]$/g, '')
  const hasBody = body !== undefined || (method !== 'GET' && method !== 'HEAD')
  const options: RequestOptions = {
    host: address,
    port: url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port),
    path: url.pathname + url.search,
    method,
    headers: {
      ...Object.fromEntries(headers),
      Host: url.host,
      // What is sent packed could be much larger than it looks.
      'Accept-Encoding': 'identity',
      ...(hasBody && { 'Content-Length': body?.length ?? 0 }),
    },
    // A connection of its own, which nobody has opened under another name.
    agent: false,
    ...(isIP(name) === 0 && { servername: name }),
    signal,
  }
  const message = await new Promise<IncomingMessage>((resolve, reject) => {
    const client =
      url.protocol === 'https:'
        ? process.getBuiltinModule('node:https')
        : process.getBuiltinModule('node:http')
    client.request(options, resolve).on('error', reject).end(body)
  })
  const bytes = await wholeOf(message, maxBytes)
  const status = message.statusCode ?? 0
  return new Response(bodiless.has(status) || method === 'HEAD' ? null : bytes, {
    status,
    statusText: message.statusMessage ?? '',
    headers: headersOf(message),
  })
}

async function wholeOf(message: IncomingMessage, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of message as AsyncIterable<Uint8Array>) {
    size += chunk.length
    if (size > maxBytes) {
      message.destroy()
      throw new OutgoingError('too-large', `the answer has more than ${maxBytes} bytes`)
    }
    chunks.push(chunk)
  }
  return Uint8Array.from(Buffer.concat(chunks, size))
}

function headersOf({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers()
  for (let at = 0; at + 1 < rawHeaders.length; at += 2)
    headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '')
  return headers
}
