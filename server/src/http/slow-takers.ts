import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { currentResponse, takenOf } from './current-response.ts'

/** What stood of an answer when it was looked at. */
interface Seen {
  readonly response: ServerResponse
  readonly taken: number
  /** In `performance.now()`. */
  readonly since: number
}

/** How often in its time an answer is looked at: where nothing waits for its client, it is not the client that is slow. */
export const looksAtAnswers = 4

/** Answers that are taken in drops: each holds its connection, and what stands behind it, for as long as its client likes. */
export class SlowTakers {
  readonly #rate: number
  readonly #timeMs: number
  readonly #seen = new WeakMap<Socket, Seen>()

  /** @param rate the fewest bytes a second, on average over `timeMs` */
  constructor(rate: number, timeMs: number) {
    this.#rate = rate
    this.#timeMs = timeMs
  }

  /** Ends the connections that took too little while there was something to take. */
  look(sockets: Iterable<Socket>): void {
    const now = performance.now()
    for (const socket of sockets) {
      const response = currentResponse(socket)
      const { taken, waiting } = takenOf(socket)
      if (response === undefined || waiting === 0) {
        this.#seen.delete(socket)
        continue
      }
      const before = this.#seen.get(socket)
      if (before?.response !== response) this.#seen.set(socket, { response, taken, since: now })
      else if (now - before.since >= this.#timeMs)
        this.#judge(socket, before, { response, taken, since: now })
    }
  }

  #judge(socket: Socket, before: Seen, seen: Seen): void {
    const least = (this.#rate * (seen.since - before.since)) / 1000
    if (seen.taken - before.taken < least) socket.destroy()
    else this.#seen.set(socket, seen)
  }
}
