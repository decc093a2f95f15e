import { connect, type Socket } from 'node:net'

/** A connection that says exactly what a test wants, for what a well-behaved client never sends. */
export class RawConnection implements Disposable {
  readonly #socket: Socket
  #received = ''
  #news = Promise.withResolvers<void>()
  closed = false

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk) => {
      this.#received += chunk.toString('latin1')
      this.#tell()
    })
    socket.on('error', () => undefined)
    socket.on('close', () => {
      this.closed = true
      this.#tell()
    })
  }

  static async open(baseUrl: string): Promise<RawConnection> {
    const { hostname, port } = new URL(baseUrl)
    return await new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => resolve(new RawConnection(socket)))
      socket.once('error', reject)
    })
  }

  get received(): string {
    return this.#received
  }

  /** Lines of a head; the empty line that ends it is added. */
  head(...lines: string[]): void {
    this.write(`${lines.join('\r\n')}\r\n\r\n`)
  }

  write(bytes: string | Uint8Array): void {
    this.#socket.write(bytes)
  }

  /** Whether the bytes went out: false where the other side reads no more. */
  pause(): void {
    this.#socket.pause()
  }

  /** Until what came matches, or the connection has ended without it, which throws. */
  async until(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.#received)) {
      if (this.closed) throw new Error(`closed after ${JSON.stringify(this.#received)}`)
      await this.#news.promise
    }
    return this.#received
  }

  /** Until more came, or the connection has ended, which throws. */
  async untilMore(): Promise<void> {
    await this.#news.promise
    if (this.closed) throw new Error(`closed after ${this.#received.length} bytes`)
  }

  async untilClosed(): Promise<string> {
    while (!this.closed) await this.#news.promise
    return this.#received
  }

  end(): void {
    this.#socket.destroy()
  }

  [Symbol.dispose](): void {
    this.#socket.destroy()
  }

  #tell(): void {
    this.#news.resolve()
    this.#news = Promise.withResolvers()
  }
}
