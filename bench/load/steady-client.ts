import { connect, type Socket } from 'node:net'

const headEnd = '\r\n\r\n'
const good = 'HTTP/1.1 200 '

/** A question as it goes over the wire. */
export interface Question {
  readonly origin: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
}

/** Looks at the body of an answer with status 200. Throws where it is another one than it should be. */
export type Look = (body: Buffer) => void

/**
 * One client's connection, over which the same is asked again and again: the question is written as it is, and of an answer no
 * more is read than its status, its length and its body, so that the client costs little. Ends with the process or with `close`.
 */
export class SteadyClient {
  readonly #socket: Socket
  readonly #question: Buffer
  readonly #look: Look
  #received: Buffer | undefined
  #until = 0
  #count = 0
  #asking: PromiseWithResolvers<number> | undefined
  #error: unknown

  constructor({ origin, path, headers }: Question, look: Look) {
    const { hostname, port, host } = new URL(origin)
    const lines = Object.entries({ Host: host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`)
    this.#question = Buffer.from(`GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`)
    this.#look = look
    this.#socket = connect({ host: hostname, port: Number(port), noDelay: true })
    this.#socket.on('data', (chunk: Buffer) => this.#take(chunk))
    this.#socket.on('error', (error) => this.#fail(error))
    this.#socket.on('close', () => this.#fail(new Error('the server closed the connection')))
  }

  /** Asks until that time (of `performance.now`), once at least. @returns how often it was answered */
  async ask(until: number): Promise<number> {
    this.#until = until
    this.#count = 0
    this.#asking = Promise.withResolvers<number>()
    const { promise } = this.#asking
    if (this.#error === undefined) this.#socket.write(this.#question)
    else this.#asking.reject(this.#error)
    return await promise
  }

  close(): void {
    this.#socket.destroy()
  }

  #take(chunk: Buffer): void {
    this.#received = this.#received === undefined ? chunk : Buffer.concat([this.#received, chunk])
    try {
      const body = wholeBody(this.#received)
      if (body === undefined) return
      this.#received = undefined
      this.#look(body)
    } catch (error) {
      this.#fail(error)
      return
    }
    this.#count += 1
    if (performance.now() < this.#until) this.#socket.write(this.#question)
    else this.#asking?.resolve(this.#count)
  }

  #fail(error: unknown): void {
    this.#error ??= error
    this.#asking?.reject(this.#error)
    this.#socket.destroy()
  }
}

/** undefined: more is to come. Throws where it is no answer with status 200, or longer than it says. */
function wholeBody(received: Buffer): Buffer | undefined {
  const end = received.indexOf(headEnd)
  if (end === -1) return undefined
  const head = received.toString('latin1', 0, end)
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1])
  if (!head.startsWith(good) || !Number.isInteger(length))
    throw new Error(`an answer of another sort: ${head.slice(0, 200)}`)
  const whole = end + headEnd.length + length
  if (received.length > whole) throw new Error('an answer is longer than it says')
  return received.length < whole ? undefined : received.subarray(whole - length)
}
