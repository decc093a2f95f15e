import { connect, type Socket } from 'node:net'
import type { Answer, Ask, Asking } from './exchange.ts'

const headEnd = '\r\n\r\n'

/**
 * One client's connection, kept, with one question at a time: no more of HTTP/1.1 than a push needs, so that the client
 * costs little. Answers must announce their length. Ends with the process or with `close`.
 */
export class RawConnection {
  readonly #socket: Socket
  readonly #host: string
  #received: Buffer = Buffer.alloc(0)
  #waiting: PromiseWithResolvers<Answer> | undefined
  #error: Error | undefined

  constructor(origin: string) {
    const { hostname, port, host } = new URL(origin)
    this.#host = host
    this.#socket = connect({ host: hostname, port: Number(port), noDelay: true })
    this.#socket.on('data', (chunk: Buffer) => this.#take(chunk))
    this.#socket.on('error', (error) => this.#fail(error))
    this.#socket.on('close', () => this.#fail(new Error('the server closed the connection')))
  }

  readonly ask: Ask = ({ method, url, headers = {}, body = [] }: Asking): Promise<Answer> => {
    if (this.#waiting !== undefined) throw new Error('one question at a time')
    this.#waiting = Promise.withResolvers<Answer>()
    const { promise } = this.#waiting
    if (this.#error !== undefined) this.#fail(this.#error)
    const length = body.reduce((sum, part) => sum + part.length, 0)
    let head = `${method} ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${this.#host}\r\n`
    for (const [name, value] of Object.entries(headers)) head += `${name}: ${value}\r\n`
    if (method !== 'GET' && method !== 'HEAD') head += `Content-Length: ${length}\r\n`
    this.#socket.cork()
    this.#socket.write(`${head}\r\n`)
    for (const part of body) this.#socket.write(part)
    this.#socket.uncork()
    return promise
  }

  close(): void {
    this.#socket.destroy()
  }

  #take(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk])
    const end = this.#received.indexOf(headEnd)
    if (end === -1) return
    const [first = '', ...lines] = this.#received.toString('latin1', 0, end).split('\r\n')
    const headers: Record<string, string> = {}
    for (const line of lines) {
      const colon = line.indexOf(':')
      headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim()
    }
    const length = Number(headers['content-length'])
    if (!Number.isInteger(length)) {
      this.#fail(new Error(`an answer without a length: ${first}`))
      return
    }
    const from = end + headEnd.length
    if (this.#received.length < from + length) return
    const body = this.#received.subarray(from, from + length)
    this.#received = this.#received.subarray(from + length)
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.resolve({ status: Number(first.split(' ')[1]), headers, body })
  }

  #fail(error: Error): void {
    this.#error ??= error
    this.#waiting?.reject(this.#error)
    this.#waiting = undefined
    this.#socket.destroy()
  }
}
