import type { Duplex } from 'node:stream'
import { Client, type ClientConfig } from 'pg'

/** A connection whose socket is at hand: to send much at once, and to end what does not answer. */
export class PooledClient extends Client {
  /** Of `performance.now()`: when it was made, or last answered. */
  usedAt: number
  /** The server is set so for whoever comes as this user: no transaction overrules it. */
  isReadOnly = false

  constructor(config: ClientConfig) {
    super(config)
    this.usedAt = performance.now()
    // Whoever waits for an answer is told; without a listener the process would end.
    this.on('error', () => {})
  }

  /** The driver's own, which its types do not tell of. */
  get socket(): Duplex {
    return (this as unknown as { readonly connection: { readonly stream: Duplex } }).connection.stream
  }

  /** What `send` asks leaves the process together, at its end. */
  together<T>(send: () => T): T {
    const { socket } = this
    socket.cork()
    try {
      return send()
    } finally {
      socket.uncork()
    }
  }

  /** Without a word to the server, which may not hear it. */
  destroy(): void {
    this.socket.destroy()
  }
}
