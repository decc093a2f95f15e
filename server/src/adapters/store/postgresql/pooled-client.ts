import { Socket } from 'node:net'
import { Client, type ClientConfig } from 'pg'

/** A connection whose socket is at hand: to send much at once, and to end what does not answer. */
export class PooledClient extends Client {
  readonly socket: Socket
  /** Of `performance.now()`: when it was made, or last answered. */
  usedAt: number

  constructor(config: ClientConfig) {
    const socket = new Socket()
    super({ ...config, stream: () => socket })
    this.socket = socket
    this.usedAt = performance.now()
    // Whoever waits for an answer is told; without a listener the process would end.
    this.on('error', () => {})
  }

  /** What `send` asks leaves the process together, at its end. */
  together<T>(send: () => T): T {
    this.socket.cork()
    try {
      return send()
    } finally {
      this.socket.uncork()
    }
  }

  /** Without a word to the server, which may not hear it. */
  destroy(): void {
    this.socket.destroy()
  }
}
