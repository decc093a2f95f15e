import type { ClientRequest, IncomingMessage } from 'node:http'

/** A body up to this size can go to a second server. */
const keptBytes = 1024 * 1024

/** The body of a client's request on its way to a server, or to the next one where that fails before it has answered. */
export class PassedBody {
  readonly #client: IncomingMessage
  /** What has come so far; undefined where that is too much to be kept. */
  #kept: Buffer[] | undefined = []
  #bytes = 0
  #hasEnded = false
  #sent: ClientRequest | undefined

  constructor(client: IncomingMessage) {
    this.#client = client
  }

  get isKept(): boolean {
    return this.#kept !== undefined
  }

  /**
   * Nothing is read before somebody listens. Whatever has come from the server is heard before the next chunk is written,
   * since a write to a connection that was closed behind an early answer would hide that answer.
   */
  to(sent: ClientRequest): void {
    if (!hasBody(this.#client)) {
      sent.end()
      return
    }
    this.#sent = undefined
    sent.flushHeaders()
    sent.once('socket', (socket) => socket.once('connect', () => this.#begin(sent)))
  }

  /** What still comes is not wanted. */
  stop(): void {
    this.#sent = undefined
    this.#client.off('data', this.#take).off('end', this.#end).resume()
  }

  #begin(sent: ClientRequest): void {
    const isFirst = this.#client.listenerCount('data') === 0
    this.#sent = sent
    for (const chunk of this.#kept ?? []) sent.write(chunk)
    if (this.#hasEnded) sent.end()
    else if (isFirst) this.#client.on('data', this.#take).once('end', this.#end)
    else this.#client.resume()
  }

  readonly #take = (chunk: Buffer): void => {
    this.#client.pause()
    this.#bytes += chunk.length
    if (this.#bytes > keptBytes) this.#kept = undefined
    this.#kept?.push(chunk)
    this.#soon((sent) => {
      if (sent.write(chunk)) this.#client.resume()
      else sent.once('drain', () => this.#client.resume())
    })
  }

  readonly #end = (): void => {
    this.#hasEnded = true
    this.#soon((sent) => void sent.end())
  }

  /** Unless another server, which gets what was kept, has taken its place by then. */
  #soon(then: (sent: ClientRequest) => void): void {
    const sent = this.#sent
    setImmediate(() => {
      if (sent !== undefined && sent === this.#sent && !sent.destroyed) then(sent)
    })
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}
