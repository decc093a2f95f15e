import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Requests that may wait for the answer to an earlier one of their connection. No client of a registry sends so many. */
export const mostPipelined = 16

/** What its `Expect` asks for. */
export type Expectation = 'nothing' | 'continue' | 'something else'

/** Begins with a request whose turn has come. */
export type Serve = (request: IncomingMessage, response: ServerResponse, expectation: Expectation) => void

/**
 * A client may send its next request before it has its answer (RFC 9112 section 9.3.2). Node announces it at once, and
 * holds back its answer alone: one connection could have hundreds of files read at a time, into memory.
 */
export class Pipeline {
  readonly #waiting = new WeakMap<Socket, number>()

  /** An earlier answer has the connection. */
  static isEarly(response: ServerResponse): boolean {
    return response.socket === null
  }

  /** Calls `serve` once the answers before it are out; never where the connection ends with one of them. */
  wait(request: IncomingMessage, response: ServerResponse, expectation: Expectation, serve: Serve): void {
    const { socket } = request
    const waiting = (this.#waiting.get(socket) ?? 0) + 1
    if (waiting > mostPipelined) {
      socket.destroy()
      return
    }
    this.#waiting.set(socket, waiting)
    response.once('socket', () => {
      this.#waiting.set(socket, (this.#waiting.get(socket) ?? 1) - 1)
      // Node has not done with handing over the connection: an answer within this call would end twice.
      process.nextTick(() => {
        if (!socket.destroyed) serve(request, response, expectation)
      })
    })
  }
}
