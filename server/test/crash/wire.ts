import { once } from 'node:events'
import { Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http'
import { setTimeout } from 'node:timers/promises'

export interface Request {
  readonly method?: string
  readonly path: string
  readonly headers?: OutgoingHttpHeaders
  readonly body?: Uint8Array
  /** ms between two pieces of the body: a slow line. */
  readonly pace?: number
}

export interface Reply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

const pieceBytes = 64 * 1024

/** The clients' connections to one life of the server. */
export class Wire {
  readonly #url: URL
  readonly #agent = new Agent({ keepAlive: true })
  /** Of requests whose bytes are on their way. */
  readonly #sending = new Set<symbol>()
  #silence = 'every request had an answer'

  constructor(url: string) {
    this.#url = new URL(url)
  }

  /** Bytes of an upload are on their way. */
  get isUploading(): boolean {
    return this.#sending.size > 0
  }

  /** How the last request ended that has no answer. */
  get silence(): string {
    return this.#silence
  }

  /** undefined: the connection broke before there was an answer. The status alone is one. */
  async send(wanted: Request): Promise<Reply | undefined> {
    const { body, path } = wanted
    const flight = Symbol(path)
    if (body !== undefined && body.length > 0 && path.includes('/blobs/uploads/')) this.#sending.add(flight)
    try {
      return await this.#exchange(wanted, () => this.#sending.delete(flight))
    } finally {
      this.#sending.delete(flight)
    }
  }

  close(): void {
    this.#agent.destroy()
  }

  async #exchange(wanted: Request, sentAll: () => unknown): Promise<Reply | undefined> {
    const { method = 'GET', path, headers = {}, body, pace = 0 } = wanted
    const { hostname: host, port } = this.#url
    const length = method === 'GET' || method === 'HEAD' ? {} : { 'Content-Length': body?.length ?? 0 }
    const begun = performance.now()
    const out = request({
      host,
      port,
      method,
      path,
      headers: { ...length, ...headers },
      agent: this.#agent,
    })
    out.on('finish', sentAll)
    const reply = new Promise<Reply | undefined>((resolve) => {
      out.on('error', (error: NodeJS.ErrnoException) => {
        const age = out.reusedSocket ? 'a used' : 'a new'
        const ms = Math.round(performance.now() - begun)
        this.#silence = `${error.code ?? error.message} on ${age} connection after ${ms} ms`
        resolve(undefined)
      })
      out.on('response', (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', () => undefined)
        response.on('close', () => {
          const { statusCode: status = 0, headers: told } = response
          resolve({ status, headers: told, body: Buffer.concat(chunks) })
        })
      })
    })
    const over = new AbortController()
    void reply.then(() => over.abort())
    const bytes = body?.length ?? 0
    let at = 0
    for (; body !== undefined && at < bytes && !over.signal.aborted; at += pieceBytes) {
      const goesOn = out.write(body.subarray(at, at + pieceBytes))
      if (pace > 0) await setTimeout(pace)
      if (!goesOn && out.writableNeedDrain) {
        await once(out, 'drain', { signal: over.signal }).catch(() => undefined)
      }
    }
    // Answered before all of it was sent: what came next on the connection would be taken for the rest.
    if (at < bytes) out.destroy()
    else out.end()
    return await reply
  }
}
